package io.growalert.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.NotificationEvent;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import io.growalert.events.Topics;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service with a monitor that had an incident. The broker is shared by all tests of this JVM. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RunningHistory {
    static final int RUNS = 100;

    /** The last slot is recent, so that no slot counts as missed. */
    private final Instant start =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Rooms.EVERY.multipliedBy(RUNS - 1));

    final String prefix;
    final String monitor;
    final HistoryDatabase database = HistoryDatabase.empty();
    final HttpClient http = HttpClient.newHttpClient();
    final TestIdentity identity = new TestIdentity();
    KafkaProducer<String, byte[]> producer;
    ConfigurableApplicationContext service;

    /** @param prefix of the ids of the monitors, since all tests share the topics */
    RunningHistory(String prefix) {
        this.prefix = prefix;
        this.monitor = prefix + "-rooms";
    }

    @BeforeAll
    void start() throws Exception {
        producer = producer(Map.of());
        service = HistoryService.start(settings());
        await().until(() -> get("/api/history/changes").path("results").asLong() >= 0
                && !Instant.parse(get("/api/history/status").path("asOf").asString())
                        .equals(Instant.EPOCH));
        publish(Topics.MONITORS, monitor, Rooms.monitor(monitor, new Threshold.Above(1000), 3));
        publish(Topics.MONITORS, prefix + "-empty", Rooms.monitor(prefix + "-empty"));
        publish(Topics.MONITORS, prefix + "-odd", odd());
        for (int n = 0; n < RUNS; n++) {
            publish(Rooms.run(monitor, slot(n), Rooms.room("a", a(n)), Rooms.room("b", 412.3 + n)));
        }
        publish(Topics.ALERTS, alert(), event(AlertEvent.Type.FIRING, 40, Status.FAILED));
        publish(Topics.ALERTS, alert(), event(AlertEvent.Type.RESOLVED, 50, Status.PASSED));
        publish(
                Topics.NOTIFICATIONS,
                incident(),
                new NotificationEvent(
                        "n-" + prefix,
                        NotificationEvent.Type.DELIVERY_DELIVERED,
                        slot(41),
                        incident(),
                        alert(),
                        monitor,
                        null,
                        "d-" + prefix,
                        "e1",
                        "ops",
                        1,
                        null,
                        null));
        await().until(() -> values(monitor).size() == 2 * RUNS
                && database.jdbc()
                                .sql("select count(*) from history.notifications where incident = :incident")
                                .param("incident", incident())
                                .query(Long.class)
                                .single()
                        == 1);
    }

    Instant slot(int n) {
        return start.plus(Rooms.EVERY.multipliedBy(n));
    }

    /** Failed for ten runs from 38 on, and in the last two. */
    private static double a(int n) {
        return (n >= 38 && n < 48) || n >= RUNS - 2 ? 1_200.5 : 500 + n / 7.0;
    }

    MonitorDefinition odd() {
        var like = Rooms.monitor(prefix + "-odd");
        return new MonitorDefinition(
                like.id(),
                like.origin(),
                like.every(),
                like.timeout(),
                like.source(),
                null,
                like.query(),
                null,
                like.fail(),
                null,
                like.noData(),
                like.onError(),
                like.alert(),
                Map.of("site", "<b>100%</b> \"north\" \ud83c\udf31"),
                null,
                null,
                null);
    }

    String alert() {
        return Ids.alert(monitor, Map.of("room", "a"));
    }

    String incident() {
        return Ids.incident(alert(), slot(40));
    }

    AlertEvent event(AlertEvent.Type type, int n, Status status) {
        return new AlertEvent(
                Ids.event(incident(), type, slot(n)),
                type,
                alert(),
                incident(),
                monitor,
                Map.of("room", "a"),
                Map.of("site", "north"),
                status,
                1_200.5,
                "3 consecutive results above 1000",
                "a has 1200.5 ppm",
                slot(n),
                slot(40),
                List.of("ops"));
    }

    static KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
        var settings = new HashMap<String, Object>(more);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.bootstrapServers());
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    Map<String, Object> settings() {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.identity.public-key", identity.publicKey());
        settings.put("growalert.history.kafka", TestKafka.bootstrapServers());
        settings.put("growalert.history.partitions", 2);
        settings.put("growalert.history.sessionTimeout", "6s");
        settings.put("growalert.history.streams", 1);
        settings.put("growalert.history.database.url", database.url());
        settings.put("growalert.history.database.username", "postgres");
        return settings;
    }

    @AfterAll
    void stop() {
        service.close();
        producer.close();
        database.close();
    }

    void publish(CheckResult run) throws Exception {
        publish(Topics.CHECK_RESULTS, run.monitor(), run);
    }

    void publish(String topic, String key, @Nullable Object value) throws Exception {
        producer.send(new ProducerRecord<>(topic, key, value == null ? null : Json.write(value)))
                .get();
    }

    HttpRequest.Builder request(String path) {
        var port = service.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", identity.bearer("history-service", "ada", "viewer"));
    }

    HttpResponse<String> send(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    JsonNode get(String path) throws Exception {
        var response = send(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    List<Double> values(String monitor) {
        return database.jdbc()
                .sql("select value from history.values where monitor = :monitor order by slot")
                .param("monitor", monitor)
                .query(Double.class)
                .list();
    }
}
