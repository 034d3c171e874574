package io.growalert.standalone;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.growalert.dispatcher.AlertDispatcher;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Status;
import io.growalert.events.SystemMonitor;
import io.growalert.events.Topics;
import io.growalert.monitor.MonitorService;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TestPostgres;
import io.growalert.testkit.TopicReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The system monitors of a monitor-service and a dispatcher, whose results both publish about themselves. */
class SystemMonitorsTest {
    @TempDir
    Path folder;

    private final HttpServer rejecting = rejecting();
    private final TestIdentity identity = new TestIdentity();

    private static HttpServer rejecting() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                try (exchange) {
                    exchange.sendResponseHeaders(400, -1);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() {
        rejecting.stop(0);
    }

    @Test
    void a_parked_delivery_is_an_alert_of_growalert_about_itself() throws Exception {
        var definitions = Files.writeString(folder.resolve("growalert.yml"), """
                receivers: {ops: {log: {}}, bad: {webhook: {url: "http://127.0.0.1:%d/"}}}
                system: {receivers: [ops]}
                """.formatted(
                        rejecting.getAddress().getPort()));
        try (var kafka = new TestKafka();
                var database = new TestPostgres();
                var dispatcher = AlertDispatcher.start(dispatcher(kafka, database, definitions));
                var monitors = MonitorService.start(monitors(kafka, definitions));
                var published = new TopicReader(kafka.address(), Topics.MONITORS);
                var results = new TopicReader(kafka.address(), Topics.CHECK_RESULTS)) {
            await().atMost(30, SECONDS).untilAsserted(() -> assertThat(published.records().stream()
                            .map(record -> Json.read(record.value(), MonitorDefinition.class))
                            .map(MonitorDefinition::id))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(SystemMonitor.values())
                            .map(SystemMonitor::id)
                            .toList()));
            park(kafka);

            await().atMost(150, SECONDS).untilAsserted(() -> assertThat(get(dispatcher, "/api/alerts"))
                    .contains("growalert-parked-deliveries", "1 deliveries parked"));

            assertThat(monitors.isRunning()).isTrue();
            var about = results.records().stream()
                    .map(record -> Json.read(record.value(), CheckResult.class))
                    .filter(result -> !Objects.equals(result.monitor(), "growalert.heartbeat"))
                    .toList();
            assertThat(about)
                    .extracting(CheckResult::monitor)
                    .containsAll(Arrays.stream(SystemMonitor.values())
                            .filter(monitor -> monitor.component() == SystemMonitor.Component.DISPATCHER)
                            .map(SystemMonitor::id)
                            .toList());
            assertThat(about).filteredOn(result -> result.error() != null).isEmpty();
        }
    }

    /** An event whose receiver rejects it. */
    private static void park(TestKafka kafka) throws Exception {
        var now = Instant.now();
        var event = new AlertEvent(
                "event",
                AlertEvent.Type.FIRING,
                "alert",
                "incident",
                "room-co2",
                Map.of(),
                Map.of(),
                Status.FAILED,
                1003.5,
                "above 1000",
                "above 1000",
                now,
                now,
                List.of("bad"));
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.address());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.ALERTS, event.alert(), Json.write(event)))
                    .get(60, SECONDS);
        }
    }

    private Map<String, Object> dispatcher(TestKafka kafka, TestPostgres database, Path definitions) {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.dispatcher.kafka", kafka.address());
        settings.put("growalert.dispatcher.files", List.of(definitions));
        settings.put("growalert.dispatcher.data", folder.resolve("dispatcher"));
        settings.put("growalert.dispatcher.partitions", 3);
        settings.put("growalert.dispatcher.session-timeout", "6s");
        settings.put("growalert.dispatcher.database.url", database.url());
        settings.put("growalert.dispatcher.database.username", "postgres");
        settings.put("growalert.identity.public-key", identity.publicKey());
        return settings;
    }

    private Map<String, Object> monitors(TestKafka kafka, Path definitions) {
        return Map.of(
                "server.port", 0,
                "growalert.monitor.kafka", kafka.address(),
                "growalert.monitor.files", List.of(definitions),
                "growalert.monitor.data", folder.resolve("monitors"),
                "growalert.monitor.partitions", 3);
    }

    private String get(ConfigurableApplicationContext context, String path) throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:%s%s"
                .formatted(context.getEnvironment().getRequiredProperty("local.server.port"), path));
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(uri).header("Authorization", identity.bearer("alert-dispatcher"));
            return client.send(request.build(), BodyHandlers.ofString()).body();
        }
    }
}
