package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SchemaTest {
    static Stream<Record> everyValue() {
        return Stream.of(
                        Samples.checkResults(),
                        Samples.monitorDefinitions(),
                        Samples.alertEvents(),
                        Samples.alertCommands(),
                        Samples.groupEvents(),
                        Samples.billingEvents(),
                        Samples.entitlements(),
                        Samples.notificationEvents())
                .flatMap(values -> values);
    }

    @ParameterizedTest
    @MethodSource("everyValue")
    void written_records_match_the_schema(Record value) {
        var json = Docs.JSON.readTree(Json.write(value));

        assertThat(Docs.errors(Docs.schema(value.getClass()), json)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyValue")
    void every_field_that_is_written_is_described(Record value) {
        var json = Docs.JSON.readTree(Json.write(value));

        assertThat(Docs.errors(Docs.closed(Docs.schema(value.getClass())), json))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyValue")
    void what_is_written_is_read_as_it_was(Record value) {
        assertThat(Json.read(Json.write(value), value.getClass())).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                CheckResult.class,
                MonitorDefinition.class,
                AlertEvent.class,
                AlertCommand.class,
                BillingEvent.class,
                Entitlement.class,
                GroupEvent.class,
                NotificationEvent.class
            })
    void the_examples_are_valid_and_readable(Class<?> type) {
        var schema = Docs.schema(type);
        var examples = schema.path("examples");

        assertThat(examples).isNotEmpty().allSatisfy(example -> {
            assertThat(Docs.errors(Docs.closed(schema), example)).isEmpty();
            var written = Json.write(Json.read(example.toString().getBytes(UTF_8), type));
            assertThat(Docs.JSON.readTree(written).equals(SchemaTest::byValue, example))
                    .isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("everyValue")
    void a_field_that_is_added_one_day_is_valid_and_ignored(Record value) {
        var json = (ObjectNode) Docs.JSON.readTree(Json.write(value));
        json.putObject("addedLater").putArray("deep").addObject().put("x", 1);

        assertThat(Docs.errors(Docs.schema(value.getClass()), json)).isEmpty();
        assertThat(Json.read(Docs.JSON.writeValueAsBytes(json), value.getClass()))
                .isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource("everyValue")
    void a_field_that_the_schema_requires_is_required_by_the_record(Record value) {
        var json = (ObjectNode) Docs.JSON.readTree(Json.write(value));
        var required = Docs.schema(value.getClass()).path("required");

        assertThat(required).isNotEmpty().allSatisfy(field -> {
            var without = json.deepCopy();
            without.remove(field.asString());
            assertThat(Docs.errors(Docs.schema(value.getClass()), without)).hasSize(1);
            assertThatExceptionOfType(UnreadableValue.class)
                    .isThrownBy(() -> Json.read(Docs.JSON.writeValueAsBytes(without), value.getClass()))
                    .withMessageContaining(field.asString());
        });
    }

    @Test
    void the_schemas_refuse_what_the_records_refuse() {
        var value = (ObjectNode) Docs.JSON.readTree(
                Json.write(Samples.monitorDefinitions().toList().get(1)));
        for (var threshold :
                List.of("{}", "{\"above\":1,\"below\":2}", "{\"near\":5}", "{\"inside\":[1]}", "{\"above\":\"1\"}")) {
            var broken = value.deepCopy();
            broken.set("fail", Docs.JSON.readTree(threshold));

            assertThat(Docs.errors(Docs.schema(MonitorDefinition.class), broken))
                    .as(threshold)
                    .isNotEmpty();
            assertThatExceptionOfType(UnreadableValue.class)
                    .as(threshold)
                    .isThrownBy(() -> Json.read(Docs.JSON.writeValueAsBytes(broken), MonitorDefinition.class))
                    .withMessageContaining("fail");
        }
    }

    /** {@code 1000} and {@code 1000.0} are the same number in JSON. */
    private static int byValue(JsonNode a, JsonNode b) {
        boolean numbers = a.isNumber() && b.isNumber();
        boolean equal = numbers ? a.asDouble() == b.asDouble() : a.equals(b);
        return equal ? 0 : 1;
    }
}
