package io.growalert.events;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AsyncApiTest {
    private static final JsonNode API = Docs.asyncApi();

    @Test
    void describes_every_topic() {
        var topics = Stream.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS, Topics.ALERT_COMMANDS)
                .flatMap(topic -> Stream.of(topic, Topics.deadLetters(topic)));
        // these have no dead letters: no service reads them, or an unreadable entitlement pauses nothing
        var all = Stream.concat(topics, Stream.of(Topics.BILLING, Topics.ENTITLEMENTS, Topics.NOTIFICATIONS))
                .toList();

        assertThat(API.path("asyncapi").asString()).isEqualTo("3.0.0");
        assertThat(API.path("channels").valueStream().map(channel -> channel.path("address")
                        .asString()))
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void every_reference_leads_somewhere() {
        var references = new ArrayList<String>();
        collect(API, references);

        assertThat(references).isNotEmpty().allSatisfy(reference -> assertThat(
                        resolve(reference).isMissingNode())
                .as(reference)
                .isFalse());
    }

    @Test
    void every_channel_has_messages_with_payload_headers_and_key() {
        assertThat(API.path("channels")).allSatisfy(channel -> {
            var messages = channel.path("messages");
            assertThat(messages.size()).isPositive();
            assertThat(messages.valueStream().map(AsyncApiTest::resolved)).allSatisfy(message -> {
                assertThat(resolved(message.path("payload")).isObject()).isTrue();
                assertThat(resolved(message.path("headers")).isObject()).isTrue();
                assertThat(resolved(message.path("bindings")).at("/kafka/key").isObject())
                        .isTrue();
            });
            var kafka = resolved(channel.path("bindings")).path("kafka");
            assertThat(kafka.path("partitions").asInt()).isEqualTo(Topics.DEFAULT_PARTITIONS);
            assertThat(kafka.path("bindingVersion").asString()).isEqualTo("0.5.0");
        });
    }

    @Test
    void every_operation_is_on_a_channel() {
        assertThat(API.path("operations")).allSatisfy(operation -> {
            assertThat(operation.path("action").asString()).isIn("send", "receive");
            assertThat(operation.at("/channel/$ref").asString()).startsWith("#/channels/");
        });
    }

    @Test
    void the_values_are_the_records() {
        assertThat(payload("monitorDefined")).isEqualTo(Docs.schema(MonitorDefinition.class));
        assertThat(payload("checkResult")).isEqualTo(Docs.schema(CheckResult.class));
        assertThat(payload("alertEvent")).isEqualTo(Docs.schema(AlertEvent.class));
        assertThat(payload("alertCommand")).isEqualTo(Docs.schema(AlertCommand.class));
        assertThat(payload("billingEvent")).isEqualTo(Docs.schema(BillingEvent.class));
        assertThat(payload("entitlementChanged")).isEqualTo(Docs.schema(Entitlement.class));
        assertThat(payload("notificationEvent")).isEqualTo(Docs.schema(NotificationEvent.class));
    }

    @Test
    void the_types_of_the_events_are_those_in_the_code() {
        assertThat(type("monitorDefined").path("const").asString()).isEqualTo(CloudEvent.MONITOR_DEFINED);
        assertThat(type("monitorRemoved").path("const").asString()).isEqualTo(CloudEvent.MONITOR_REMOVED);
        assertThat(type("checkResult").path("const").asString()).isEqualTo(CloudEvent.CHECK_RESULT);
        assertThat(type("alertEvent").path("enum").valueStream().map(JsonNode::asString))
                .containsExactlyElementsOf(Stream.of(AlertEvent.Type.values())
                        .map(type -> CloudEvent.ALERT + type.wire())
                        .toList());
        assertThat(type("alertCommand").path("const").asString()).isEqualTo(CloudEvent.ALERT_COMMAND + "forget");
        assertThat(type("notificationEvent").path("enum").valueStream().map(JsonNode::asString))
                .containsExactlyElementsOf(Stream.of(NotificationEvent.Type.values())
                        .map(type -> CloudEvent.NOTIFICATION + type.wire())
                        .toList());
        assertThat(type("entitlementChanged").path("const").asString()).isEqualTo(CloudEvent.ENTITLEMENT_CHANGED);
        assertThat(type("entitlementHeartbeat").path("const").asString()).isEqualTo(CloudEvent.HEARTBEAT);
        var kinds = Samples.fullRecords().map(BillingEvent::kind).collect(joining("|"));
        assertThat(type("billingEvent").path("pattern").asString())
                .isEqualTo("^" + CloudEvent.BILLING.replace(".", "\\.") + "(" + kinds + ")\\.(created|changed|ended)$");
    }

    @Test
    void the_schemas_are_schemas() {
        for (var type : List.of(
                MonitorDefinition.class,
                CheckResult.class,
                AlertEvent.class,
                AlertCommand.class,
                BillingEvent.class,
                Entitlement.class,
                NotificationEvent.class)) {
            var schema = Docs.schema(type);
            assertThat(schema.path("title").asString()).isEqualTo(type.getSimpleName());
            assertThat(schema.path("$id").asString()).endsWith("/schemas/" + Docs.fileOf(type));
            assertThat(Docs.errorsOfSchema(schema)).isEmpty();
        }
        for (var schema : API.at("/components/schemas")) {
            assertThat(Docs.errorsOfSchema(schema)).isEmpty();
        }
    }

    @Test
    void the_document_uses_only_terms_of_the_specification() {
        assertThat(API.propertyNames())
                .isSubsetOf(
                        "asyncapi",
                        "id",
                        "info",
                        "servers",
                        "defaultContentType",
                        "channels",
                        "operations",
                        "components");
        var channelFields = Set.of(
                "address",
                "messages",
                "title",
                "summary",
                "description",
                "servers",
                "parameters",
                "tags",
                "externalDocs",
                "bindings");
        assertThat(API.path("channels"))
                .allSatisfy(channel -> assertThat(channel.propertyNames()).isSubsetOf(channelFields));
        var messageFields = Set.of(
                "headers",
                "payload",
                "correlationId",
                "contentType",
                "name",
                "title",
                "summary",
                "description",
                "tags",
                "externalDocs",
                "bindings",
                "examples",
                "traits");
        assertThat(API.at("/components/messages"))
                .allSatisfy(message -> assertThat(message.propertyNames()).isSubsetOf(messageFields));
    }

    private static JsonNode payload(String message) {
        return resolved(API.at("/components/messages/%s/payload".formatted(message)));
    }

    private static JsonNode type(String message) {
        return API.at("/components/messages/%s/headers/allOf/1/properties/ce_type".formatted(message));
    }

    static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? resolved(resolve(node.path("$ref").asString())) : node;
    }

    private static JsonNode resolve(String reference) {
        return reference.startsWith("#")
                ? API.at(reference.substring(1))
                : Docs.JSON.readTree(Docs.bytes(reference.substring("./".length())));
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.path("$ref").isString()) {
            references.add(node.path("$ref").asString());
        }
        node.forEach(child -> collect(child, references));
    }
}
