package io.growalert.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.NotificationEvent;
import io.growalert.events.Topics;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TopicReader;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The history of the whole service over HTTP, on a real broker, a real database and a real receiver. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HistoryApiTest {
    private static final AlertEvents ROOM = AlertEvents.of("history-room", "ops");
    private static final Pattern NEXT = Pattern.compile("<(/api/[^>]+)>; rel=\"next\"");

    @TempDir
    static Path folder;

    private final TestDatabase database = TestDatabase.empty();
    private final HttpClient http = HttpClient.newHttpClient();
    private final TestIdentity identity = new TestIdentity();
    private HttpServer server;
    private KafkaProducer<String, byte[]> producer;
    private ConfigurableApplicationContext dispatcher;

    @BeforeAll
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", HistoryApiTest::answer);
        server.start();
        var definitions = Files.writeString(folder.resolve("growalert.yml"), """
                receivers:
                  ops: {webhook: {url: "http://127.0.0.1:%d/"}}
                """.formatted(
                        server.getAddress().getPort()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        dispatcher = AlertDispatcher.start(settings(definitions));
        for (int number = 0; number < 5; number++) {
            publish(ROOM.firing(number));
            publish(ROOM.resolved(number));
        }
        await().until(() -> get("/api/deliveries?state=delivered&monitor=history-room&limit=1000")
                        .size()
                == 10);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            var answer = "thank you".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
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

    @Test
    void incidents_are_paged_by_the_link_to_the_next_page() throws Exception {
        assertThat(followed("/api/incidents?monitor=history-room&match=room%3D~off.%2B&limit=2"))
                .extracting(incident -> incident.path("incident").asString())
                .containsExactly(
                        ROOM.firing(4).incident(),
                        ROOM.firing(3).incident(),
                        ROOM.firing(2).incident(),
                        ROOM.firing(1).incident(),
                        ROOM.firing(0).incident());
        assertThat(get("/api/incidents?match=room%3Dlab")).isEmpty();
        assertThat(get("/api/incidents?state=open&monitor=history-room")).isEmpty();
    }

    @Test
    void deliveries_and_their_attempts_are_paged() throws Exception {
        var deliveries = followed("/api/deliveries?monitor=history-room&limit=3");

        assertThat(deliveries)
                .extracting(delivery -> delivery.path("id").asString())
                .hasSize(10)
                .doesNotHaveDuplicates();
        var attempts =
                followed("/api/deliveries/" + deliveries.getFirst().path("id").asString() + "/attempts?limit=1");
        assertThat(attempts).singleElement().satisfies(attempt -> {
            assertThat(attempt.path("outcome").asString()).isEqualTo("delivered");
            assertThat(attempt.path("status").asInt()).isEqualTo(200);
            assertThat(attempt.path("answer").asString()).isEqualTo("thank you");
            assertThat(attempt.path("durationMs").isNumber()).isTrue();
        });
        assertThat(get("/api/deliveries?monitor=history-room&limit=100&offset=8"))
                .hasSize(2);
    }

    @Test
    void an_incident_is_explained() throws Exception {
        var report = get("/api/incidents/" + ROOM.firing(2).incident());

        assertThat(report.at("/incident/monitor").asString()).isEqualTo("history-room");
        assertThat(report.at("/transitions").size()).isEqualTo(2);
        assertThat(report.at("/transitions/1/event/type").asString()).isEqualTo("firing");
        assertThat(report.at("/receivers/0").asString()).isEqualTo("ops");
        assertThat(report.at("/deliveries").size()).isEqualTo(2);
        assertThat(report.at("/deliveries/0/receiver").asString()).isEqualTo("ops");
        assertThat(report.at("/deliveries/0/attempts").asInt()).isEqualTo(1);
        assertThat(report.at("/deliveries/0/attemptHistory/0/status").asInt()).isEqualTo(200);
        assertThat(followed("/api/incidents/%s/transitions?limit=1"
                        .formatted(ROOM.firing(2).incident())))
                .extracting(transition -> transition.at("/event/type").asString())
                .containsExactly("resolved", "firing");
    }

    @Test
    void what_became_of_the_notifications_is_on_the_topic() {
        var incident = ROOM.firing(3).incident();
        try (var reader = new TopicReader(TestKafka.bootstrapServers(), Topics.NOTIFICATIONS)) {
            await().until(() -> reader.records().stream()
                            .filter(record -> record.key().equals(incident))
                            .count()
                    == 2);
            assertThat(reader.records().stream()
                            .filter(record -> record.key().equals(incident))
                            .map(record -> Json.read(record.value(), NotificationEvent.class)
                                    .type()))
                    .containsOnly(NotificationEvent.Type.DELIVERY_DELIVERED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/incidents?cursor=nonsense",
                "/api/deliveries?cursor=WyJhIl0",
                "/api/silences?state=ended&cursor=!!",
                "/api/incidents?limit=0",
                "/api/incidents?limit=many",
                "/api/deliveries?offset=-1",
                "/api/incidents?state=burning",
                "/api/incidents?from=yesterday",
                "/api/incidents?from=2026-11-25T00:00:00Z&to=2026-11-24T00:00:00Z",
                "/api/incidents?match=room",
                "/api/incidents?match=room%3D~(",
                "/api/incidents?monitor=a%00b"
            })
    void an_invalid_parameter_is_a_problem_that_names_it(String path) throws Exception {
        var response = response(path);

        assertThat(response.statusCode()).isEqualTo(400);
        var problem = JsonMapper.shared().readTree(response.body());
        assertThat(problem.path("code").asString()).isEqualTo("invalid_field");
        assertThat(path).contains(problem.path("field").asString("none"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/incidents/unknown",
                "/api/incidents/unknown/transitions",
                "/api/deliveries/unknown/attempts"
            })
    void what_does_not_exist_is_not_found(String path) throws Exception {
        assertThat(response(path).statusCode()).isEqualTo(404);
    }

    @Test
    void a_viewer_reads_the_history() throws Exception {
        var request = HttpRequest.newBuilder(uri("/api/incidents"))
                .header("Authorization", identity.bearer("alert-dispatcher", "eve", "viewer"))
                .build();

        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void receivers_are_listed_with_their_state_and_last_success() throws Exception {
        var receivers = get("/api/receivers").path("receivers");

        assertThat(receivers.valueStream()).singleElement().satisfies(ops -> {
            assertThat(ops.path("name").asString()).isEqualTo("ops");
            assertThat(ops.path("kind").asString()).isEqualTo("webhook");
            assertThat(ops.path("state").asString()).isEqualTo("closed");
            assertThat(ops.path("queued").asInt(-1)).isZero();
            assertThat(ops.path("lastSuccess").isString()).isTrue();
            assertThat(ops.path("lastFailure").isNull()).isTrue();
        });
    }

    private List<JsonNode> followed(String path) throws Exception {
        var all = new ArrayList<JsonNode>();
        var next = path;
        while (next != null) {
            var response = response(next);
            assertThat(response.statusCode()).isEqualTo(200);
            JsonMapper.shared().readTree(response.body()).forEach(all::add);
            var link = response.headers().firstValue("Link").map(NEXT::matcher);
            next = link.isPresent() && link.get().matches() ? link.get().group(1) : null;
        }
        return all;
    }

    private JsonNode get(String path) throws Exception {
        return JsonMapper.shared().readTree(response(path).body());
    }

    private HttpResponse<String> response(String path) throws Exception {
        var request = HttpRequest.newBuilder(uri(path))
                .header("Authorization", identity.bearer("alert-dispatcher"))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create(
                "http://127.0.0.1:%s%s".formatted(dispatcher.getEnvironment().getProperty("local.server.port"), path));
    }

    private void publish(AlertEvent event) throws Exception {
        producer.send(new ProducerRecord<>(Topics.ALERTS, event.alert(), Json.write(event)))
                .get();
    }
}
