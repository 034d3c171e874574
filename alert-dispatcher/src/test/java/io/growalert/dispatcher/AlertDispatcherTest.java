package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.Status;
import io.growalert.events.Topics;
import io.growalert.runtime.StartFailure;
import io.growalert.testkit.TestKafka;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From results to webhooks, and what the service reports about itself. */
class AlertDispatcherTest extends DispatcherFixture {
    @Test
    void a_result_that_fails_becomes_a_webhook_and_an_open_incident_until_it_passes() throws Exception {
        var monitor = definition("e2e-co2");
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), Json.write(monitor)));
        var slot = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        result(monitor, slot, Status.FAILED, 1003.5);
        await().atMost(30, SECONDS).until(() -> !received("e2e-co2").isEmpty());

        var firing = received("e2e-co2").getFirst();
        assertThat(firing.event().type()).isEqualTo(AlertEvent.Type.FIRING);
        assertThat(firing.event().series()).containsExactly(Map.entry("room", "office"));
        assertThat(firing.id()).isEqualTo(Ids.delivery(firing.event().id(), "ops"));
        assertThat(get("/api/alerts").body()).contains(firing.event().incident());

        result(monitor, slot.plusSeconds(1), Status.PASSED, 700);
        await().atMost(30, SECONDS).until(() -> received("e2e-co2").size() == 2);

        assertThat(received("e2e-co2").getLast().event().type()).isEqualTo(AlertEvent.Type.RESOLVED);
        assertThat(get("/api/alerts").body()).doesNotContain(firing.event().incident());
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(
                        get("/api/alerts/" + firing.event().alert()).body())
                .contains("\"resolvedAt\"")
                .contains("\"delivered\"")
                .contains("\"console\"")
                .contains("\"room\":\"office\""));
    }

    @Test
    void an_alert_is_resolved_and_forgotten_on_request() throws Exception {
        var monitor = definition("forget-co2");
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), Json.write(monitor)));
        result(monitor, Instant.now().truncatedTo(ChronoUnit.SECONDS), Status.FAILED, 1003.5);
        await().atMost(30, SECONDS).until(() -> !received("forget-co2").isEmpty());
        var alert = received("forget-co2").getFirst().event().alert();

        assertThat(post("/api/alerts/" + alert + "/forget").statusCode()).isEqualTo(202);

        await().atMost(30, SECONDS).until(() -> received("forget-co2").size() == 2);
        assertThat(received("forget-co2").getLast().event().reason()).isEqualTo("forgotten by an operator");
        assertProblem(post("/api/alerts/unknown/forget"), 404, "not_found", "no alert with the id 'unknown'");
    }

    @Test
    void an_event_without_receivers_is_delivered_by_the_routes() throws Exception {
        var events = AlertEvents.of("routed-co2");

        publish(events.firing(0));
        publish(events.resolved(0));

        await().atMost(20, SECONDS).until(() -> received("routed-co2").size() == 2);
        assertThat(received("routed-co2"))
                .extracting(Hook::id)
                .containsExactly(
                        Ids.delivery(events.firing(0).id(), "ops"),
                        Ids.delivery(events.resolved(0).id(), "ops"));
        assertThat(get("/api/alerts/" + events.alert()).body()).doesNotContain("\"console\"");
    }

    @Test
    void routes_are_explained() throws Exception {
        var body = get("/api/routes/test?labels=monitor=routed-co2,room=office,site=north")
                .body();

        assertThat(body)
                .contains("\"receivers\":[\"ops\"]")
                .contains("\"group\":{\"site\":\"north\"}")
                .contains("\"escalate\":[{\"after\":\"10m\",\"receivers\":[\"console\"],\"repeat\":null}]")
                .contains("\"heldUntil\":null")
                .contains("\"why\":[\"routes: all events\",\"routes.routes[0]: monitor=~routed-.*, room=office\"]");
        assertThat(get("/api/routes/test?labels=").body()).contains("\"receivers\":[\"console\"]");
        var exact = get(
                "/api/routes/test?label=monitor%3Drouted-co2&label=room%3Doffice&label=site%3Da,site%3Douter%0A%20");
        assertThat(exact.body()).contains("\"receivers\":[\"ops\"]").contains("\"site\":\"a,site=outer\\n \"");
        assertProblem(
                get("/api/routes/test?labels=a=1&label=a=2"),
                400,
                "invalid_field",
                "label: the label a is there twice");
        assertProblem(get("/api/routes/test?label=north"), 400, "invalid_field", "label: expected a name and a value");
        assertProblem(get("/api/routes/test"), 400, "invalid_field", "labels: expected, and missing");
        assertProblem(get("/api/routes/test?labels=north"), 400, "invalid_field", "labels: 'north': expected labels");
        assertProblem(get("/api/routes/test?labels=a=1&at=noon"), 400, "invalid_field", "at: expected an instant");
    }

    @Test
    void an_unreadable_record_is_dead_lettered_and_blocks_nothing() throws Exception {
        send(new ProducerRecord<>(Topics.ALERTS, 0, "poison", "not json".getBytes(UTF_8)));
        send(new ProducerRecord<>(Topics.ALERTS, 0, "poison", "{\"id\":\"x\"}".getBytes(UTF_8)));
        var events = AlertEvents.of("after-poison", "ops");
        send(new ProducerRecord<>(Topics.ALERTS, 0, events.alert(), Json.write(events.firing(0))));

        await().atMost(20, SECONDS).until(() -> received("after-poison").size() == 1);

        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        TestKafka.bootstrapServers(),
                        "group.id",
                        "test-dlt",
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Topics.deadLetters(Topics.ALERTS)));
            var letters = new CopyOnWriteArrayList<ConsumerRecord<String, byte[]>>();
            await().atMost(20, SECONDS).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(letters::add);
                return letters.size() >= 2;
            });
            assertThat(letters)
                    .extracting(letter -> header(letter, "dlt_reason"))
                    .anyMatch(reason -> reason.contains("not a AlertEvent"));
            assertThat(letters).allSatisfy(letter -> {
                assertThat(header(letter, "dlt_topic")).isEqualTo(Topics.ALERTS);
                assertThat(header(letter, "dlt_partition")).isEqualTo("0");
                assertThat(header(letter, "dlt_offset")).containsOnlyDigits();
            });
        }
    }

    @Test
    void a_data_folder_of_another_instance_stops_the_start() {
        assertThatThrownBy(() -> AlertDispatcher.start(settings(folder.resolve("growalert.yml"))))
                .isInstanceOf(StartFailure.class)
                .hasMessage("growalert.dispatcher.data: the folder %s is in use by another instance; give each its own"
                        .formatted(folder.resolve("data")));
    }

    @Test
    void starts_while_the_brokers_name_does_not_resolve() throws Exception {
        var settings = settings(folder.resolve("growalert.yml"));
        // too long for a name, so that no resolver is queried
        settings.put("growalert.dispatcher.kafka", "a".repeat(64) + ":9092");
        settings.put("growalert.dispatcher.data", folder.resolve("waiting"));
        try (var waiting = AlertDispatcher.start(settings)) {
            var port = waiting.getEnvironment().getRequiredProperty("local.server.port");
            var health = URI.create("http://127.0.0.1:" + port + "/actuator/health");

            await().untilAsserted(() -> assertThat(
                            http.send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString())
                                    .body())
                    .containsPattern("\"kafka\":[^}]*}?,\"status\":\"DOWN\"")
                    .containsPattern("\"notifier\":[^}]*No resolvable bootstrap urls")
                    .containsPattern("\"stateStreams\":[^}]*No resolvable bootstrap urls"));
        }
    }

    @Test
    void a_setting_out_of_its_range_stops_the_start_with_a_line_that_names_it() {
        var settings = settings(folder.resolve("growalert.yml"));
        settings.put("growalert.dispatcher.history", "1h");

        assertThatThrownBy(() -> AlertDispatcher.start(settings))
                .isInstanceOf(StartFailure.class)
                .hasMessageStartingWith("growalert.dispatcher.history");
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void every_invalid_request_is_a_problem_with_the_expected_value() throws Exception {
        assertProblem(get("/api/alerts/nothing"), 404, "not_found", "no alert");
        assertProblem(get("/api/deliveries?state=lost"), 400, "invalid_field", "expected one of pending");
        assertProblem(get("/api/deliveries?limit=many"), 400, "invalid_field", "a whole number");
        assertProblem(get("/api/deliveries?offset=-1"), 400, "invalid_field", "from 0 on");
        assertProblem(post("/api/deliveries/nothing/redrive"), 404, "not_found", "no delivery");
        assertProblem(send("POST", "/api/deliveries/redrive", "{"), 400, "malformed_json", "expected JSON");
        assertProblem(send("POST", "/api/deliveries/redrive", "{}"), 400, "invalid_field", "receiver: ");
        assertProblem(
                send("POST", "/api/deliveries/redrive", "{\"receiver\": \"ops\"}"), 400, "invalid_field", "since: ");
        assertProblem(mute("m", "{nonsense"), 400, "malformed_json", "expected JSON");
        assertProblem(mute("M", "{}"), 400, "invalid_field", "id: ");
        assertProblem(mute("m", "{\"comment\": \"c\"}"), 400, "invalid_field", "until: ");
        assertProblem(
                mute("m", "{\"until\": \"2020-01-01T00:00:00Z\", \"comment\": \"c\"}"), 400, "invalid_field", "future");
        assertProblem(mute("m", "{\"until\": \"2999-01-01T00:00:00Z\"}"), 400, "invalid_field", "comment: ");
        assertProblem(get("/api/nothing"), 404, "not_found", "");
        assertProblem(post("/api/alerts"), 405, "method_not_allowed", "");
    }

    @Test
    void a_receiver_in_use_is_tested() throws Exception {
        var tested = post("/api/receivers/ops/test");

        assertThat(tested.statusCode()).as(tested.body()).isEqualTo(200);
        assertThat(json(tested)).containsEntry("receiver", "ops").containsEntry("outcome", "delivered");
        assertThat(received("test"))
                .singleElement()
                .satisfies(hook -> assertThat(hook.event().labels()).containsExactly(Map.entry("test", "true")));
        answer = 410;
        assertThat(json(post("/api/receivers/ops/test"))).containsEntry("outcome", "rejected");
        answer = 200;
        assertThat(actions("ops")).contains("ann test-receiver");
        assertProblem(post("/api/receivers/nothing/test"), 404, "not_found", "no receiver with the name 'nothing'");
    }

    @Test
    void viewers_change_nothing_and_without_an_identity_there_is_no_answer() throws Exception {
        assertThat(as("viewer", "GET", "/api/silences")).isEqualTo(200);
        assertThat(as("viewer", "POST", "/api/silences")).isEqualTo(403);
        assertThat(as("viewer", "POST", "/api/receivers/ops/test")).isEqualTo(403);
        assertThat(as("viewer", "DELETE", "/api/monitors/m/mute")).isEqualTo(403);
        assertThat(as("viewer", "POST", "/api/deliveries/acknowledge-parked")).isEqualTo(403);
        assertThat(as(null, "GET", "/api/silences")).isEqualTo(401);
        assertThat(as(null, "GET", "/api/audit")).isEqualTo(401);
    }

    private int as(@Nullable String role, String method, String path) throws Exception {
        var request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (role != null) {
            request.header("Authorization", identity.bearer("alert-dispatcher", "vic", role));
        }
        return http.send(request.build(), BodyHandlers.ofString()).statusCode();
    }

    @Test
    void health_covers_kafka_streams_and_postgres_and_metrics_are_for_prometheus() throws Exception {
        await().atMost(30, SECONDS).until(() -> get("/actuator/health").statusCode() == 200);
        assertThat(get("/actuator/health").body())
                .contains("\"kafka\"")
                .contains("\"db\"")
                .contains("\"notifier\"")
                .contains("stateStreams", "systemReport");
        assertThat(get("/actuator/prometheus").body())
                .contains("growalert_loop_rounds_total{loop=\"system-report\"}")
                .contains("growalert_deliveries_parked")
                .contains("growalert_deliveries_pending_age_seconds")
                .contains("growalert_deliveries_pending");
    }
}
