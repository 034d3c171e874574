package io.growalert.standalone;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.growalert.dispatcher.AlertDispatcher;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.state.StateStreams;
import io.growalert.monitor.MonitorService;
import io.growalert.testkit.FreePort;
import io.growalert.testkit.TestKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The dead man's call over the whole chain: it ends when any part is stopped, and continues when that part works again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadManTest {
    private static final Duration STALE_AFTER = Duration.ofSeconds(4);
    private static final long SILENCE = Duration.ofSeconds(3).toNanos();

    @TempDir
    static Path folder;

    private final TestKafka kafka = new TestKafka();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong lastCall = new AtomicLong();
    private final int postgres = FreePort.next();
    private Path definitions;
    private HttpServer external;
    private EmbeddedDatabase database;
    private ConfigurableApplicationContext dispatcher;
    private ConfigurableApplicationContext monitors;

    @BeforeAll
    void start() throws IOException {
        external = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        external.createContext("/", exchange -> {
            try (exchange) {
                lastCall.set(System.nanoTime());
                calls.incrementAndGet();
                exchange.sendResponseHeaders(200, -1);
            }
        });
        external.start();
        definitions = Files.writeString(folder.resolve("growalert.yml"), "receivers: {ops: {log: {}}}\n");
        Files.createDirectories(folder.resolve("programs"));
        startDatabase();
        startDispatcher();
        startMonitors();
    }

    @AfterAll
    void stop() {
        monitors.close();
        dispatcher.close();
        database.close();
        kafka.close();
        external.stop(0);
    }

    private void startDatabase() {
        database = EmbeddedDatabase.start(folder.resolve("postgres"), folder.resolve("programs"), postgres);
    }

    private void startDispatcher() {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.dispatcher.kafka", kafka.address());
        settings.put("growalert.dispatcher.files", List.of(definitions));
        settings.put("growalert.dispatcher.data", folder.resolve("dispatcher"));
        settings.put("growalert.dispatcher.partitions", 3);
        settings.put("growalert.dispatcher.session-timeout", "6s");
        settings.put("growalert.dispatcher.database.url", database.target().url());
        settings.put("growalert.dispatcher.database.username", "postgres");
        settings.put(
                "growalert.dispatcher.dead-man.url",
                "http://127.0.0.1:%d/ping".formatted(external.getAddress().getPort()));
        settings.put("growalert.dispatcher.dead-man.every", "200ms");
        settings.put("growalert.dispatcher.dead-man.stale-after", STALE_AFTER.toSeconds() + "s");
        dispatcher = AlertDispatcher.start(settings);
    }

    private void startMonitors() {
        monitors = MonitorService.start(Map.of(
                "server.port",
                0,
                "growalert.monitor.kafka",
                kafka.address(),
                "growalert.monitor.files",
                List.of(definitions),
                "growalert.monitor.data",
                folder.resolve("monitors"),
                "growalert.monitor.partitions",
                3,
                "growalert.monitor.heartbeat",
                "200ms"));
    }

    @BeforeEach
    void everything_works() {
        callsContinue();
    }

    private void callsContinue() {
        int before = calls.get();
        await().atMost(90, SECONDS).until(() -> calls.get() >= before + 3);
    }

    private void callsEnd() {
        await().atMost(60, SECONDS).until(() -> System.nanoTime() - lastCall.get() > SILENCE);
    }

    @Test
    void the_calls_end_with_the_monitor_service_that_has_all_partitions() throws Exception {
        monitors.close();
        try {
            callsEnd();

            assertThat(health()).contains("\"deadMan\"", "last heartbeat");
        } finally {
            startMonitors();
        }
        callsContinue();
    }

    @Test
    void the_calls_end_with_kafka() {
        kafka.stop();
        try {
            callsEnd();
        } finally {
            kafka.restart();
        }
        callsContinue();
    }

    @Test
    void the_calls_end_with_the_threads_of_the_alert_state() {
        var state = dispatcher.getBean(StateStreams.class);
        state.stop();
        try {
            callsEnd();
        } finally {
            state.start();
        }
        callsContinue();
    }

    @Test
    void the_calls_end_with_the_notifier() {
        dispatcher.getBean(Notifier.class).stop();
        try {
            callsEnd();
        } finally {
            dispatcher.close();
            startDispatcher();
        }
        callsContinue();
    }

    @Test
    void the_calls_end_with_postgresql() {
        database.close();
        try {
            callsEnd();
        } finally {
            startDatabase();
        }
        callsContinue();
    }

    private String health() throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:%s/actuator/health"
                .formatted(dispatcher.getEnvironment().getRequiredProperty("local.server.port")));
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
