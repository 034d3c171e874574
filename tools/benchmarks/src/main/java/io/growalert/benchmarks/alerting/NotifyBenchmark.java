package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.GrowAlertProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many alerts at once for one webhook receiver: one message for each alert, then one message for all. One monitor at 1 s queries the
 * standalone's own PostgreSQL, where all values turn bad together. The argument is the number of alerts, at most 10,000 and that
 * if there is none.
 */
final class NotifyBenchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final String UNGROUPED = "groupBy: []";
    private static final String GROUPED = "groupBy: [monitor], groupWait: 1s, groupInterval: 5s";

    private NotifyBenchmark() {}

    public static void main(String... args) throws Exception {
        int alerts = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        measure("ungrouped", UNGROUPED, alerts);
        measure("grouped", GROUPED, alerts);
    }

    private static void measure(String name, String grouping, int alerts) throws Exception {
        var ports = PortRange.free();
        var folder = Files.createTempDirectory("growalert-notify");
        try (var sink = new WebhookSink();
                var standalone = GrowAlertProcess.start(
                        folder.resolve("data"), ports, List.of("--config", write(folder, ports, sink, grouping)))) {
            Await.until(Duration.ofSeconds(60), () -> connects(ports));
            try (var connection = DriverManager.getConnection(ports.database())) {
                createTable(connection, alerts);
                TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
                // compiles the path of one alert
                set(connection, 2, 100);
                Await.until(LIMIT, () -> sink.alerts() >= 100);
                set(connection, 0, 100);
                Await.until(LIMIT, () -> sink.alerts() >= 200);
                TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());

                int messages = sink.messages();
                double cpu = standalone.cpuSeconds();
                var begun = Instant.now();
                set(connection, 2, alerts);
                Await.until(LIMIT, () -> sink.alerts() >= 200 + alerts);
                var first = sink.messageTimes().get(messages);
                var last = sink.messageTimes().getLast();
                Report.print(
                        ("%s: %,d alerts in %,d messages; first after %.2f s, last after %.2f s, %.0f alerts/s between"
                                        + " them; %.1f CPU-seconds of the standalone, at most %d MiB resident")
                                .formatted(
                                        name,
                                        sink.alerts() - 200,
                                        sink.messages() - messages,
                                        seconds(begun, first),
                                        seconds(begun, last),
                                        alerts / Math.max(0.001, seconds(first, last)),
                                        standalone.cpuSeconds() - cpu,
                                        standalone.peakResidentMiB()));
            }
        }
    }

    private static String write(Path folder, PortRange ports, WebhookSink sink, String grouping) throws Exception {
        var file = folder.resolve("bench.yaml");
        Files.writeString(file, """
                sources:
                  farm: {postgres: {url: "jdbc:postgresql://127.0.0.1:%d/postgres", username: postgres}}
                receivers:
                  hook: {webhook: {url: "%s", groups: true}, concurrency: 32}
                routes: {receiver: hook, %s}
                monitors:
                  - id: bench
                    every: 1s
                    timeout: 1s
                    source: farm
                    query: SELECT device, value FROM bench
                    maxSeries: 10000
                    fail: {above: 1}
                """.formatted(ports.postgres(), sink.url(), grouping));
        return file.toString();
    }

    private static boolean connects(PortRange ports) {
        try (var connection = DriverManager.getConnection(ports.database())) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void createTable(Connection connection, int alerts) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE bench (device int PRIMARY KEY, value float8)");
            statement.execute("INSERT INTO bench SELECT n, 0 FROM generate_series(1, %d) n".formatted(alerts));
        }
    }

    private static void set(Connection connection, int value, int devices) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("UPDATE bench SET value = %d WHERE device <= %d".formatted(value, devices));
        }
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
