package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.GrowAlertProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.AlertEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How long after a value turned bad its receiver is notified: 20 monitors at 1 s over the standalone's own PostgreSQL, ten
 * series each; 200 values turn bad at random moments. Each is sent by webhook to a server in this process. The arguments are how many
 * routes and silences there are that match none of the events; without routes the monitors name the receiver.
 */
final class LatencyBenchmark {
    private static final int MONITORS = 20;
    private static final int SERIES = 10;
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Duration SPREAD = Duration.ofSeconds(100);

    private LatencyBenchmark() {}

    public static void main(String... args) throws Exception {
        int routes = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        int silences = args.length > 1 ? Integer.parseInt(args[1]) : 0;
        var ports = PortRange.free();
        var folder = Files.createTempDirectory("growalert-latency");
        try (var sink = new WebhookSink();
                var standalone = GrowAlertProcess.start(
                        folder.resolve("data"), ports, List.of("--config", write(folder, ports, sink, routes)))) {
            Await.until(Duration.ofSeconds(60), () -> connects(ports));
            try (var connection = DriverManager.getConnection(ports.database())) {
                createTable(connection);
                TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
                silence(
                        silences,
                        new JsonApi(ports.http(), folder.resolve("data").resolve("operator-token")));
                warm(connection);
                var turnedBad = turnBad(connection);
                Await.until(Duration.ofSeconds(15), () -> notified(sink).size() >= turnedBad.size());
                report(turnedBad, notified(sink), ports);
                Report.print("resident memory of the standalone: %d MiB".formatted(standalone.residentMiB()));
            }
        }
    }

    private static String write(Path folder, PortRange ports, WebhookSink sink, int routes) throws Exception {
        var monitors = IntStream.range(0, MONITORS)
                .mapToObj(number -> """
                          - id: bench-%1$d
                            every: 1s
                            timeout: 1s
                            source: farm
                            query: SELECT device, value FROM bench WHERE monitor = %1$d
                            fail: {above: 1}
                        """.formatted(number) + (routes > 0 ? "" : "    alert: {receivers: [hook]}\n"))
                .collect(Collectors.joining());
        var file = folder.resolve("bench.yaml");
        Files.writeString(file, """
                sources:
                  farm: {postgres: {url: "jdbc:postgresql://127.0.0.1:%d/postgres", username: postgres}}
                receivers:
                  hook: {webhook: {url: "%s"}}
                %smonitors:
                """.formatted(ports.postgres(), sink.url(), tree(routes)) + monitors);
        return file.toString();
    }

    private static String tree(int routes) {
        return routes == 0
                ? ""
                : IntStream.range(0, routes)
                        .mapToObj("    - match: [site=other-%d, room=~north-.*]\n"::formatted)
                        .collect(Collectors.joining("", "routes:\n  receiver: hook\n  routes:\n", ""));
    }

    private static void silence(int silences, JsonApi api) throws Exception {
        for (int i = 0; i < silences; i++) {
            api.change("POST", "/api/silences", """
                    {"matchers": ["site=other-%d", "room=~north-.*"], "endsAt": "%s", "comment": "benchmark"}
                    """.formatted(i, Instant.now().plus(Duration.ofHours(2))));
        }
    }

    private static boolean connects(PortRange ports) {
        try (var connection = DriverManager.getConnection(ports.database())) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void createTable(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE bench (monitor int, device text, value float8, PRIMARY KEY (monitor, device))");
            statement.execute(
                    "INSERT INTO bench SELECT m, 'd' || s, 0 FROM generate_series(0, %d) m, generate_series(0, %d) s"
                            .formatted(MONITORS - 1, SERIES - 1));
        }
    }

    /** Every alert fires and resolves once before anything is measured. */
    private static void warm(Connection connection) throws SQLException, InterruptedException {
        try (var statement = connection.createStatement()) {
            for (int round = 0; round < 3; round++) {
                statement.execute("UPDATE bench SET value = 2");
                TimeUnit.SECONDS.sleep(3);
                statement.execute("UPDATE bench SET value = 0");
                TimeUnit.SECONDS.sleep(3);
            }
        }
    }

    private static Map<String, Instant> turnBad(Connection connection) throws SQLException, InterruptedException {
        var random = new Random(20_150_202);
        var moments = random.doubles((long) MONITORS * SERIES, 0, (double) SPREAD.toMillis())
                .sorted()
                .toArray();
        var all = new ArrayList<String>();
        for (int monitor = 0; monitor < MONITORS; monitor++) {
            for (int device = 0; device < SERIES; device++) {
                all.add(monitor + " d" + device);
            }
        }
        Collections.shuffle(all, random);
        var start = Instant.now();
        var turnedBad = new HashMap<String, Instant>();
        try (var update = connection.prepareStatement("UPDATE bench SET value = 2 WHERE monitor = ? AND device = ?")) {
            for (int i = 0; i < all.size(); i++) {
                var due = start.plusNanos((long) (moments[i] * 1_000_000));
                TimeUnit.NANOSECONDS.sleep(
                        Math.max(0, Duration.between(Instant.now(), due).toNanos()));
                var words = all.get(i).split(" ", -1);
                update.setInt(1, Integer.parseInt(words[0]));
                update.setString(2, words[1]);
                turnedBad.put("bench-%s %s".formatted(words[0], words[1]), Instant.now());
                update.executeUpdate();
            }
        }
        return turnedBad;
    }

    /** The last firing that arrived for each series: the measured one, after those of the warm-up. */
    private static Map<String, WebhookSink.Arrival> notified(WebhookSink sink) {
        var arrivals = sink.arrivals();
        var notified = new HashMap<String, WebhookSink.Arrival>();
        for (var arrival : arrivals) {
            var series = "%s %s"
                    .formatted(
                            arrival.event().monitor(), arrival.event().series().get("device"));
            switch (arrival.event().type()) {
                case FIRING -> notified.put(series, arrival);
                case RESOLVED -> notified.remove(series);
                case REMINDER -> {}
            }
        }
        return notified;
    }

    private static void report(
            Map<String, Instant> turnedBad, Map<String, WebhookSink.Arrival> notified, PortRange ports) {
        var checkEnds = new HashMap<String, Instant>();
        for (var entry : TopicRecords.all(TopicRecords.results(ports.broker()))) {
            var result = entry.value();
            checkEnds.put(
                    result.monitor() + " " + result.slot(), result.startedAt().plusMillis(result.durationMs()));
        }
        var fromChange = new ArrayList<Double>();
        var fromCheck = new ArrayList<Double>();
        notified.forEach((series, arrival) -> {
            AlertEvent event = arrival.event();
            var change = turnedBad.get(series);
            var checkEnd = checkEnds.get(event.monitor() + " " + event.slot());
            if (change != null && checkEnd != null) {
                fromChange.add(seconds(change, arrival.at()));
                fromCheck.add(seconds(checkEnd, arrival.at()));
            }
        });
        Report.print("%d values turned bad, %d notified".formatted(turnedBad.size(), fromChange.size()));
        Report.spread("from the change to the webhook's arrival:", fromChange);
        Report.spread("from the end of the check to the arrival:", fromCheck);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
