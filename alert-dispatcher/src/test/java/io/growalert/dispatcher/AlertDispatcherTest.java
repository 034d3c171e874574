package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import io.growalert.events.Topics;
import io.growalert.runtime.StartFailure;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service, on a real broker, a real database and a real receiver. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class AlertDispatcherTest {
    @TempDir
    static Path folder;

    private final TestDatabase database = TestDatabase.empty();
    private final HttpClient http = HttpClient.newHttpClient();
    private final TestIdentity identity = new TestIdentity();
    private final List<Hook> hooks = new CopyOnWriteArrayList<>();
    private volatile int answer = 200;
    private HttpServer server;
    private KafkaProducer<String, byte[]> producer;
    private ConfigurableApplicationContext dispatcher;

    private record Hook(String id, AlertEvent event) {}

    @BeforeAll
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
        var definitions = Files.writeString(folder.resolve("growalert.yml"), """
                receivers:
                  console: {log: {}}
                  ops: {webhook: {url: "http://127.0.0.1:%d/"}}
                routes:
                  receiver: console
                  groupBy: [site]
                  routes:
                    - {match: ["monitor=~routed-.*", "room=office"], receiver: ops, escalate: [{after: 10m, receivers: [console]}]}
                """.formatted(
                        server.getAddress().getPort()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        dispatcher = AlertDispatcher.start(settings(definitions));
    }

    private Map<String, Object> settings(Path definitions) {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.identity.public-key", identity.publicKey());
        settings.put("growalert.dispatcher.kafka", TestKafka.bootstrapServers());
        settings.put("growalert.dispatcher.files", List.of(definitions));
        settings.put("growalert.dispatcher.data", folder.resolve("data"));
        settings.put("growalert.dispatcher.partitions", 2);
        settings.put("growalert.dispatcher.sessionTimeout", "6s");
        settings.put("growalert.dispatcher.database.url", database.url());
        settings.put("growalert.dispatcher.database.username", "postgres");
        return settings;
    }

    @AfterAll
    void stop() {
        dispatcher.close();
        producer.close();
        server.stop(0);
        database.close();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var event = Json.read(exchange.getRequestBody().readAllBytes(), AlertEvent.class);
            hooks.add(new Hook(exchange.getRequestHeaders().getFirst("webhook-id"), event));
            exchange.sendResponseHeaders(answer, -1);
        }
    }

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
        assertProblem(get("/api/routes/test"), 400, "invalid_field", "labels: expected, and missing");
        assertProblem(get("/api/routes/test?labels=north"), 400, "invalid_field", "labels: 'north': expected labels");
        assertProblem(get("/api/routes/test?labels=a=1&at=noon"), 400, "invalid_field", "at: expected an instant");
    }

    @Test
    void parked_deliveries_are_listed_and_can_be_redriven() throws Exception {
        var events = AlertEvents.of("redrive-co2", "ops");
        answer = 410;
        publish(events.firing(0));
        var id = Ids.delivery(events.firing(0).id(), "ops");
        await().atMost(20, SECONDS)
                .until(() -> get("/api/deliveries?state=parked").body().contains(id));
        answer = 200;

        assertThat(post("/api/deliveries/" + id + "/redrive").statusCode()).isEqualTo(202);

        await().atMost(20, SECONDS).until(() -> received("redrive-co2").size() == 2);
        assertThat(received("redrive-co2")).extracting(Hook::id).containsOnly(id);
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertProblem(
                        post("/api/deliveries/" + id + "/redrive"), 409, "not_parked", "this one is delivered"));
    }

    @Test
    void parked_deliveries_are_logged_degrade_health_and_are_acknowledged_or_redriven_together(CapturedOutput output)
            throws Exception {
        var since = Instant.now().minusSeconds(60);
        answer = 410;
        var events = List.of(
                AlertEvents.of("many-1", "ops"), AlertEvents.of("many-2", "ops"), AlertEvents.of("many-3", "ops"));
        for (var one : events) {
            publish(one.firing(0));
        }
        await().atMost(20, SECONDS).untilAsserted(() -> {
            assertThat(get("/api/deliveries?state=parked").body()).contains("many-1", "many-2", "many-3");
            assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(get("/actuator/health").body())
                    .contains("\"parked\":{\"ops\":")
                    .endsWith("\"status\":\"DEGRADED\"}");
            assertThat(output).containsPattern("ERROR.*ParkedLog.*Deliveries parked");
        });
        answer = 200;

        assertThat(post("/api/deliveries/acknowledge-parked").body()).containsPattern("\"deliveries\":[1-9]");

        await().atMost(20, SECONDS)
                .untilAsserted(() -> assertThat(get("/actuator/health").body()).doesNotContain("DEGRADED"));
        assertThat(received("many-1")).hasSize(1);
        var redriven =
                send("POST", "/api/deliveries/redrive", "{\"receiver\": \"ops\", \"since\": \"%s\"}".formatted(since));
        assertThat(redriven.statusCode()).as(redriven.body()).isEqualTo(200);
        assertThat(redriven.body()).containsPattern("\"due\":[3-9]").contains("\"superseded\":0");
        await().atMost(20, SECONDS).untilAsserted(() -> assertThat(events)
                .allSatisfy(one -> assertThat(received(one.monitor())).hasSize(2)));
    }

    @Test
    void only_a_monitor_that_exists_can_be_muted() throws Exception {
        var until = Instant.now().plusSeconds(3_600);
        var body = "{\"until\": \"%s\", \"comment\": \"cleaning\"}".formatted(until);

        assertProblem(mute("nothing-like-it", body), 404, "not_found", "no monitor with the id 'nothing-like-it'");

        var monitor = definition("known-co2");
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), Json.write(monitor)));
        assertThat(mute("known-co2", body).statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "/api/monitors/known-co2/mute", "").statusCode())
                .isEqualTo(204);
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), null));
        assertThat(mute("known-co2", body).statusCode()).isEqualTo(404);
    }

    @Test
    void a_mute_that_the_database_would_not_store_is_a_bad_request() throws Exception {
        for (var body : List.of(
                "{\"until\": \"+10000-01-01T00:00:00Z\", \"comment\": \"x\"}",
                "{\"until\": \"+999999999-12-31T23:59:59Z\", \"comment\": \"x\"}",
                "{\"until\": \"%s\", \"comment\": \"a\\u0000b\"}"
                        .formatted(Instant.now().plusSeconds(3_600)))) {
            assertThat(send("PUT", "/api/monitors/mute-co2/mute", body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @Test
    void a_mute_is_put_listed_and_ended() throws Exception {
        send(new ProducerRecord<>(Topics.MONITORS, "mute-co2", Json.write(definition("mute-co2"))));
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var put = send(
                "PUT",
                "/api/monitors/mute-co2/mute",
                "{\"until\": \"%s\", \"comment\": \"cleaning\"}".formatted(until));
        assertThat(put.statusCode()).isEqualTo(200);
        assertThat(get("/api/mutes").body()).contains("mute-co2").contains("cleaning");
        var events = AlertEvents.of("mute-co2", "ops");
        publish(events.firing(0));
        await().atMost(20, SECONDS)
                .until(() -> get("/api/deliveries?state=held").body().contains("mute-co2"));

        assertThat(send("DELETE", "/api/monitors/mute-co2/mute", "").statusCode())
                .isEqualTo(204);

        await().atMost(20, SECONDS).until(() -> received("mute-co2").size() == 1);
        assertThat(send("DELETE", "/api/monitors/mute-co2/mute", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_silence_is_created_changed_listed_and_ended() throws Exception {
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var created = send("POST", "/api/silences", silence("monitor=silence-co2", until));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        var silence = json(created);
        var path = "/api/silences/" + silence.get("id");
        assertThat(created.headers().firstValue("location")).contains(path);
        assertThat(silence)
                .containsEntry("matchers", List.of("monitor=silence-co2"))
                .containsEntry("endsAt", until.toString())
                .containsEntry("comment", "cleaning")
                .containsEntry("createdBy", "ann")
                .containsEntry("origin", "api")
                .containsEntry("state", "active")
                .containsEntry("held", 0)
                .containsEntry("endedAt", null);
        var events = AlertEvents.of("silence-co2", "ops");
        publish(events.firing(0));
        await().atMost(20, SECONDS).until(() -> Objects.equals(json(get(path)).get("held"), 1));
        assertThat(get("/api/silences").body()).contains("silence-co2").contains("\"held\":1");
        assertThat(get("/api/silences?state=pending").body()).doesNotContain("silence-co2");

        var changed = send("PUT", path, silence("monitor=another", until.plusSeconds(60)));

        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(json(changed))
                .containsEntry("endsAt", until.plusSeconds(60).toString())
                .containsEntry("startsAt", silence.get("startsAt"))
                .containsEntry("held", 0);
        await().atMost(20, SECONDS).until(() -> received("silence-co2").size() == 1);

        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(json(get(path))).containsEntry("state", "ended");
        assertProblem(send("PUT", path, silence("monitor=another", until)), 409, "silence_ended", "create another");
        assertProblem(send("DELETE", "/api/silences/nothing", ""), 404, "not_found", "no silence");
        assertProblem(send("PUT", "/api/silences/nothing", silence("a=b", until)), 404, "not_found", "no silence");
    }

    @Test
    void a_scheduled_silence_is_pending_and_the_mute_of_a_monitor_is_changed_as_a_mute() throws Exception {
        var start = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var scheduled = send(
                "POST",
                "/api/silences",
                "{\"matchers\": [\"site=x\"], \"startsAt\": \"%s\", \"endsAt\": \"%s\", \"comment\": \"c\"}"
                        .formatted(start, start.plusSeconds(60)));
        assertThat(json(scheduled)).containsEntry("state", "pending").containsEntry("startsAt", start.toString());

        send(new ProducerRecord<>(Topics.MONITORS, "short-co2", Json.write(definition("short-co2"))));
        assertThat(mute("short-co2", "{\"until\": \"%s\", \"comment\": \"c\"}".formatted(start))
                        .statusCode())
                .isEqualTo(200);
        assertThat(json(get("/api/silences/monitor-short-co2")))
                .containsEntry("origin", "monitor")
                .containsEntry("matchers", List.of("monitor=short-co2"));
        assertProblem(
                send("PUT", "/api/silences/monitor-short-co2", silence("a=b", start)),
                409,
                "silence_not_editable",
                "/api/monitors/{id}/mute");
        assertThat(send("DELETE", "/api/silences/monitor-short-co2", "").statusCode())
                .isEqualTo(204);
        assertThat(get("/api/mutes").body()).doesNotContain("short-co2");
    }

    @Test
    void every_invalid_silence_is_a_problem_with_the_expected_value() throws Exception {
        var until = Instant.now().plusSeconds(3_600);
        assertSilenceProblem("{nonsense", "malformed_json", "expected JSON");
        assertSilenceProblem("{\"matchers\": \"site=north\"}", "malformed_json", "expected JSON");
        assertSilenceProblem("{}", "invalid_field", "matchers: expected from 1 to 20");
        assertSilenceProblem("{\"matchers\": []}", "invalid_field", "matchers: expected from 1 to 20");
        assertSilenceProblem(
                "{\"matchers\": [%s]}".formatted(String.join(",", Collections.nCopies(21, "\"a=b\""))),
                "invalid_field",
                "matchers: expected from 1 to 20");
        assertSilenceProblem("{\"matchers\": [null]}", "invalid_field", "matchers: ");
        assertSilenceProblem("{\"matchers\": [\"site\"]}", "invalid_field", "expected a label");
        assertSilenceProblem("{\"matchers\": [\"site=~(\"]}", "invalid_field", "no pattern");
        assertSilenceProblem("{\"matchers\": [\"a=b\\u0000\"]}", "invalid_field", "matchers: ");
        assertSilenceProblem(silence("a=" + "b".repeat(1_300), until), "invalid_field", "at most 1200 characters");
        assertSilenceProblem(silence("site=~.*", until), "invalid_field", "an absent label");
        assertSilenceProblem("{\"matchers\": [\"a=b\"], \"comment\": \"c\"}", "invalid_field", "endsAt: ");
        assertSilenceProblem(silence("a=b", Instant.now().minusSeconds(60)), "invalid_field", "in the future");
        assertSilenceProblem(
                "{\"matchers\": [\"a=b\"], \"startsAt\": \"%s\", \"endsAt\": \"%s\", \"comment\": \"c\"}"
                        .formatted(until, until),
                "invalid_field",
                "after startsAt");
        assertSilenceProblem(
                "{\"matchers\": [\"a=b\"], \"endsAt\": \"%s\"}".formatted(until), "invalid_field", "comment: ");
        assertSilenceProblem(
                "{\"matchers\": [\"a=b\"], \"endsAt\": \"%s\", \"comment\": \"%s\"}"
                        .formatted(until, "c".repeat(1_001)),
                "invalid_field",
                "at most 1000 characters");
        assertProblem(get("/api/silences?state=old"), 400, "invalid_field", "expected one of pending, active, ended");
        assertProblem(get("/api/silences/nothing"), 404, "not_found", "no silence");
    }

    private void assertSilenceProblem(String body, String code, String detail) throws Exception {
        assertProblem(send("POST", "/api/silences", body), 400, code, detail);
    }

    private static String silence(String matcher, Instant end) {
        return "{\"matchers\": [\"%s\"], \"endsAt\": \"%s\", \"comment\": \"cleaning\"}".formatted(matcher, end);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(HttpResponse<String> response) {
        return Json.read(response.body().getBytes(UTF_8), Map.class);
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
    void changes_are_audited_with_who_what_before_and_after() throws Exception {
        var monitor = definition("audited-co2");
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), Json.write(monitor)));
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var body = "{\"until\": \"%s\", \"comment\": \"audit\"}".formatted(until);
        await().atMost(30, SECONDS).until(() -> mute("audited-co2", body).statusCode() == 200);

        assertThat(send("DELETE", "/api/monitors/audited-co2/mute", "").statusCode())
                .isEqualTo(204);
        // refused, and so no row
        assertThat(send("DELETE", "/api/monitors/audited-co2/mute", "").statusCode())
                .isEqualTo(404);

        var entries = audit("audited-co2");
        assertThat(entries)
                .extracting(entry -> "%s %s %s %s %s"
                        .formatted(
                                entry.path("operator").asString(),
                                entry.path("role").asString(),
                                entry.path("action").asString(),
                                entry.path("before").path("comment").asString(""),
                                entry.path("after").path("comment").asString("")))
                .containsExactly("ann operator unmute audit ", "ann operator mute  audit");
        assertThat(Instant.parse(entries.getFirst().path("at").asString())).isBetween(until.minusSeconds(3_700), until);
        var last = entries.getFirst().path("id").asLong();
        assertThat(JsonMapper.shared()
                        .readTree(get("/api/audit?limit=1&before=" + last).body()))
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("id").asLong())
                        .isEqualTo(entries.getLast().path("id").asLong()));
        assertProblem(get("/api/audit?limit=0"), 400, "invalid_field", "from 1 to 1000");
    }

    private List<JsonNode> audit(String target) throws Exception {
        return JsonMapper.shared()
                .readTree(get("/api/audit").body())
                .valueStream()
                .filter(entry -> entry.path("target").asString().equals(target))
                .toList();
    }

    private List<String> actions(String target) throws Exception {
        return audit(target).stream()
                .map(entry -> "%s %s"
                        .formatted(
                                entry.path("operator").asString(),
                                entry.path("action").asString()))
                .toList();
    }

    @Test
    void every_kind_of_change_has_its_audit_row() throws Exception {
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var silence = json(send("POST", "/api/silences", silence("monitor=audit-silence", until)));
        var id = String.valueOf(silence.get("id"));
        assertThat(send("PUT", "/api/silences/" + id, silence("monitor=audit-other", until))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("DELETE", "/api/silences/" + id, "").statusCode()).isEqualTo(204);
        // has ended already, and so no row
        assertThat(send("DELETE", "/api/silences/" + id, "").statusCode()).isEqualTo(204);
        assertThat(actions(id)).containsExactly("ann end-silence", "ann change-silence", "ann create-silence");
        var changed = audit(id).get(1);
        assertThat(changed.path("before").path("matchers").path(0).asString()).isEqualTo("monitor=audit-silence");
        assertThat(changed.path("after").path("matchers").path(0).asString()).isEqualTo("monitor=audit-other");
        assertThat(audit(id).getLast().path("before").isNull()).isTrue();
        assertThat(audit(id).getFirst().path("after").path("endedAt").isMissingNode())
                .isFalse();

        answer = 410;
        var events = AlertEvents.of("audit-redrive", "ops");
        publish(events.firing(0));
        var delivery = Ids.delivery(events.firing(0).id(), "ops");
        await().atMost(20, SECONDS)
                .until(() -> get("/api/deliveries?state=parked").body().contains(delivery));
        answer = 200;
        var before = actions("deliveries").size();
        assertThat(post("/api/deliveries/acknowledge-parked").statusCode()).isEqualTo(200);
        assertThat(actions("deliveries")).hasSize(before + 1).startsWith("ann acknowledge-parked");
        assertThat(post("/api/deliveries/" + delivery + "/redrive").statusCode())
                .isEqualTo(202);
        assertThat(actions(delivery)).containsExactly("ann redrive");
        send("POST", "/api/deliveries/redrive", "{\"receiver\": \"console\", \"since\": \"%s\"}".formatted(until));
        assertThat(actions("console")).containsExactly("ann redrive-receiver");
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

    private HttpResponse<String> mute(String monitor, String body) throws Exception {
        return send("PUT", "/api/monitors/%s/mute".formatted(monitor), body);
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

    private static void assertProblem(HttpResponse<String> response, int status, String code, String detail) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(response.body()).contains("\"code\":\"" + code + "\"").contains(detail);
    }

    private List<Hook> received(String monitor) {
        return hooks.stream()
                .filter(hook -> hook.event().monitor().equals(monitor))
                .toList();
    }

    private void publish(AlertEvent event) throws Exception {
        send(new ProducerRecord<>(Topics.ALERTS, event.alert(), Json.write(event)));
    }

    private void send(ProducerRecord<String, byte[]> record) throws Exception {
        producer.send(record).get(20, SECONDS);
    }

    private void result(MonitorDefinition monitor, Instant slot, Status status, double value) throws Exception {
        var series = new SeriesResult(
                Map.of("room", "office"), value, status, status == Status.FAILED ? "above 1000" : null);
        var result =
                new CheckResult(monitor.id(), slot, slot, 1, status, 0, 1, 1, Map.of(), List.of(series), null, null);
        send(new ProducerRecord<>(Topics.CHECK_RESULTS, monitor.id(), Json.write(result)));
    }

    private static MonitorDefinition definition(String id) {
        return new MonitorDefinition(
                id,
                "test",
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                "farm",
                null,
                "select 1",
                null,
                new Threshold.Above(1000),
                null,
                OnMissing.FAIL,
                OnMissing.FAIL,
                new AlertPolicy(1, null, 1, null, Duration.ofHours(24), List.of("ops", "console")),
                Map.of(),
                "CO2 is {{value}} ppm",
                null,
                null);
    }

    private URI uri(String path) {
        var port = dispatcher.getEnvironment().getProperty("local.server.port");
        return URI.create("http://127.0.0.1:%s%s".formatted(port, path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "");
    }

    private HttpResponse<String> post(String path) throws Exception {
        return send("POST", path, "");
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .header("Authorization", identity.bearer("alert-dispatcher", "ann", "operator"))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }
}
