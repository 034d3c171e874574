package io.growalert.events;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The written contract, as it lies in the jar. */
final class Docs {
    static final JsonMapper JSON = JsonMapper.shared();

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private Docs() {}

    static JsonNode asyncApi() {
        return new YAMLMapper().readTree(bytes("asyncapi.yaml"));
    }

    static JsonNode schema(Class<?> type) {
        return JSON.readTree(bytes("schemas/" + fileOf(type)));
    }

    /** {@code monitor-definition.json} for {@code MonitorDefinition}. */
    static String fileOf(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT) + ".json";
    }

    static List<Error> errors(JsonNode schema, JsonNode value) {
        return compile(schema).validate(value);
    }

    /** What is wrong with a schema itself, judged by the schema of schemas. */
    static List<Error> errorsOfSchema(JsonNode schema) {
        return REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"))
                .validate(schema);
    }

    private static Schema compile(JsonNode schema) {
        return REGISTRY.getSchema(schema);
    }

    /** The schema, allowing only the fields that it names. */
    static JsonNode closed(JsonNode schema) {
        var copy = schema.deepCopy();
        close(copy);
        ((ObjectNode) copy).remove("$id");
        return copy;
    }

    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("properties").isObject()) {
            object.put("additionalProperties", false);
        }
        node.forEach(Docs::close);
    }

    static byte[] bytes(String resource) {
        try (var in = Docs.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new AssertionError(resource + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
