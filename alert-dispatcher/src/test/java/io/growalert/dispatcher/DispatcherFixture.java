package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckResult;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import io.growalert.events.Topics;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service, on a real broker, a real database and a real receiver; one for each class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
abstract class DispatcherFixture {
    @TempDir
    static Path folder;

    final TestDatabase database = TestDatabase.migrated();
    final HttpClient http = HttpClient.newHttpClient();
    final TestIdentity identity = new TestIdentity();
    final List<Hook> hooks = new CopyOnWriteArrayList<>();
    volatile int answer = 200;
    HttpServer server;
    KafkaProducer<String, byte[]> producer;
    ConfigurableApplicationContext dispatcher;

    record Hook(String id, AlertEvent event) {}

    @BeforeAll
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
        var definitions = Files.writeString(
                folder.resolve("growalert.yml"),
                definitions().formatted(server.getAddress().getPort()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        dispatcher = AlertDispatcher.start(settings(definitions));
    }

    /** The definition file; {@code %1$d} is the port of the receiver. */
    String definitions() {
        return """
                receivers:
                  console: {log: {}}
                  ops: {webhook: {url: "http://127.0.0.1:%1$d/"}}
                routes:
                  receiver: console
                  groupBy: [site]
                  routes:
                    - {match: ["monitor=~routed-.*", "room=office"], receiver: ops, escalate: [{after: 10m, receivers: [console]}]}
                """;
    }

    /** Settings besides those of the fixture. */
    Map<String, Object> moreSettings() {
        return Map.of();
    }

    Map<String, Object> settings(Path definitions) {
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
        settings.putAll(moreSettings());
        return settings;
    }

    @AfterAll
    void stop() {
        dispatcher.close();
        producer.close();
        server.stop(0);
        database.close();
    }

    void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var event = Json.read(exchange.getRequestBody().readAllBytes(), AlertEvent.class);
            hooks.add(new Hook(exchange.getRequestHeaders().getFirst("webhook-id"), event));
            exchange.sendResponseHeaders(answer, -1);
        }
    }

    static String silence(String matcher, Instant end) {
        return "{\"matchers\": [\"%s\"], \"endsAt\": \"%s\", \"comment\": \"cleaning\"}".formatted(matcher, end);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> json(HttpResponse<String> response) {
        return Json.read(response.body().getBytes(UTF_8), Map.class);
    }

    List<JsonNode> audit(String target) throws Exception {
        return JsonMapper.shared()
                .readTree(get("/api/audit").body())
                .valueStream()
                .filter(entry -> entry.path("target").asString().equals(target))
                .toList();
    }

    List<String> actions(String target) throws Exception {
        return audit(target).stream()
                .map(entry -> "%s %s"
                        .formatted(
                                entry.path("operator").asString(),
                                entry.path("action").asString()))
                .toList();
    }

    HttpResponse<String> mute(String monitor, String body) throws Exception {
        return send("PUT", "/api/monitors/%s/mute".formatted(monitor), body);
    }

    static void assertProblem(HttpResponse<String> response, int status, String code, String detail) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(response.body()).contains("\"code\":\"" + code + "\"").contains(detail);
    }

    List<Hook> received(String monitor) {
        return hooks.stream()
                .filter(hook -> hook.event().monitor().equals(monitor))
                .toList();
    }

    void publish(AlertEvent event) throws Exception {
        send(new ProducerRecord<>(Topics.ALERTS, event.alert(), Json.write(event)));
    }

    void send(ProducerRecord<String, byte[]> record) throws Exception {
        producer.send(record).get(20, SECONDS);
    }

    void result(MonitorDefinition monitor, Instant slot, Status status, double value) throws Exception {
        var series = new SeriesResult(
                Map.of("room", "office"), value, status, status == Status.FAILED ? "above 1000" : null);
        var result =
                new CheckResult(monitor.id(), slot, slot, 1, status, 0, 1, 1, Map.of(), List.of(series), null, null);
        send(new ProducerRecord<>(Topics.CHECK_RESULTS, monitor.id(), Json.write(result)));
    }

    static MonitorDefinition definition(String id) {
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

    URI uri(String path) {
        var port = dispatcher.getEnvironment().getProperty("local.server.port");
        return URI.create("http://127.0.0.1:%s%s".formatted(port, path));
    }

    HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "");
    }

    HttpResponse<String> post(String path) throws Exception {
        return send("POST", path, "");
    }

    HttpResponse<String> send(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .header("Authorization", identity.bearer("alert-dispatcher", "ann", "operator"))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }
}
