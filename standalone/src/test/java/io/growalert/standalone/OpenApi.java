package io.growalert.standalone;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The written contract of the HTTP side. */
final class OpenApi {
    static final Path FILE = Path.of("../docs/openapi.yaml");

    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, builder -> builder
                    // they lie in a jar of Vert.x, as the OpenAPI Initiative published them
                    .schemaIdResolvers(
                            ids -> ids.mapPrefix("https://spec.openapis.org/", "classpath:spec.openapis.org/"))
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true)
                            .build()));

    private static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode document;
    private final JsonNode components;

    private OpenApi(JsonNode document) {
        this.document = document;
        components = closedComponents();
    }

    static OpenApi read() {
        return new OpenApi(new YAMLMapper().readTree(FILE));
    }

    /**
     * @param method in small letters
     * @param parameters its own and its path's
     */
    record Operation(String id, String method, String path, JsonNode node, List<JsonNode> parameters) {
        String pattern() {
            return method.toUpperCase(java.util.Locale.ROOT) + " " + path;
        }

        String pathPattern() {
            return path.replace(".", "\\.").replaceAll("\\{\\w+}", "[^/]+");
        }

        /** The query string of its required parameters, each with its example. */
        String query() {
            return parameters.stream()
                    .filter(parameter -> parameter.path("in").asString("").equals("query"))
                    .filter(parameter -> parameter.path("required").asBoolean(false))
                    .map(parameter -> parameter.path("name").asString() + "="
                            + parameter.path("example").asString())
                    .collect(Collectors.joining("&", "?", ""));
        }

        /** The names of the security schemes that permit the operation; none when it is public. */
        Set<String> security() {
            var names = new TreeSet<String>();
            node.path("security").forEach(one -> names.addAll(one.propertyNames()));
            return names;
        }

        @Override
        public String toString() {
            return id;
        }
    }

    JsonNode document() {
        return document;
    }

    List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        document.path("paths")
                .forEachEntry((path, item) -> item.forEachEntry((method, node) -> {
                    if (METHODS.contains(method)) {
                        var parameters = new ArrayList<JsonNode>();
                        item.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
                        node.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
                        operations.add(new Operation(
                                node.path("operationId").asString(), method, path, node, List.copyOf(parameters)));
                    }
                }));
        return operations;
    }

    Operation operation(String id) {
        return operations().stream()
                .filter(operation -> operation.id().equals(id))
                .findAny()
                .orElseThrow(() -> new AssertionError("the document has no operation " + id));
    }

    /** The node itself, or what it refers to; missing when that is nowhere. */
    JsonNode resolved(JsonNode node) {
        var reference = node.path("$ref").asString("");
        return reference.startsWith("#/") ? resolved(document.at(reference.substring(1))) : node;
    }

    /** What is wrong with the document as such. */
    List<String> complaints() {
        var schema = REGISTRY.getSchema(SchemaLocation.of("https://spec.openapis.org/oas/3.1/schema-base/2022-10-07"));
        return complaints(schema, document);
    }

    /** What is wrong with a value by a schema of the document. */
    List<String> complaints(JsonNode schema, JsonNode value) {
        var whole = (ObjectNode) schema.deepCopy();
        close(whole);
        whole.set("components", components);
        return complaints(REGISTRY.getSchema(whole), value);
    }

    private JsonNode closedComponents() {
        var copy = document.path("components").deepCopy();
        copy.path("schemas").forEachEntry((name, schema) -> {
            // Stripe's objects have more members, and each problem adds its own
            if (!name.startsWith("Stripe") && !name.equals("Problem")) {
                close(schema);
            }
        });
        return copy;
    }

    /** The document allows further members; the services must describe them all. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.path("properties").isObject()) {
            object.put("unevaluatedProperties", false);
        }
        schema.forEachEntry((name, child) -> {
            if (!name.equals("if") && !name.equals("then")) {
                close(child);
            }
        });
        if (schema.isArray()) {
            schema.forEach(OpenApi::close);
        }
    }

    /** How a response differs from the description of the requested path and method. */
    List<String> complaints(HttpResponse<String> answer) {
        var request = answer.request();
        var status = String.valueOf(answer.statusCode());
        return operations().stream()
                .filter(operation -> operation.method().equalsIgnoreCase(request.method()))
                .filter(operation -> request.uri().getPath().matches(operation.pathPattern()))
                .min(Comparator.comparing(
                                (Operation operation) -> operation.path().contains("{"))
                        .thenComparingInt(operation -> operation.parameters().size()))
                .map(operation -> resolved(operation.node().path("responses").path(status)))
                .filter(response -> !response.isMissingNode())
                .map(response -> complaints(response, answer))
                .orElseGet(() -> List.of("no description of " + answer));
    }

    /** What a response has that its description does not, or the other way round. */
    List<String> complaints(JsonNode response, HttpResponse<String> answer) {
        var complaints = new ArrayList<String>();
        response.path("headers").forEachEntry((name, reference) -> {
            var header = resolved(reference);
            var value = answer.headers().firstValue(name);
            if (value.isEmpty() && header.path("required").asBoolean(false)) {
                complaints.add("no header " + name);
            }
            boolean number = header.at("/schema/type").asString("").equals("integer");
            value.map(text -> number ? JSON.readTree(text) : StringNode.valueOf(text))
                    .ifPresent(node -> complaints.addAll(complaints(header.path("schema"), node)));
        });
        var type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
        var content = response.path("content");
        if (content.isMissingNode() ? !answer.body().isEmpty() : !content.has(type)) {
            complaints.add("a body of type '" + type + "'");
        } else if (!content.isMissingNode()) {
            values(type, answer.body())
                    .forEach(value ->
                            complaints.addAll(complaints(content.path(type).path("schema"), value)));
        }
        return complaints;
    }

    private static Stream<JsonNode> values(String type, String body) {
        if (type.endsWith("ndjson")) {
            return body.lines().map(JSON::readTree);
        }
        return Stream.of(type.endsWith("json") ? JSON.readTree(body) : StringNode.valueOf(body));
    }

    private static List<String> complaints(Schema schema, JsonNode value) {
        return schema.validate(value).stream().map(Object::toString).toList();
    }

    /** Shows every node with the pointer to it. */
    void walk(BiConsumer<String, JsonNode> visitor) {
        walk("", document, visitor);
    }

    private static void walk(String pointer, JsonNode node, BiConsumer<String, JsonNode> visitor) {
        visitor.accept(pointer, node);
        if (node.isObject()) {
            node.forEachEntry((name, child) ->
                    walk(pointer + "/" + name.replace("~", "~0").replace("/", "~1"), child, visitor));
        } else {
            for (int index = 0; index < node.size(); index++) {
                walk(pointer + "/" + index, node.path(index), visitor);
            }
        }
    }

    /** Every code that a response may have by the document. */
    Set<String> codes() {
        var codes = new TreeSet<String>();
        walk((pointer, node) -> {
            if (pointer.endsWith("/schema/properties/code")) {
                node.path("enum").forEach(code -> codes.add(code.asString()));
                if (node.has("const")) {
                    codes.add(node.path("const").asString());
                }
            }
        });
        return codes;
    }
}
