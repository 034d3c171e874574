package io.growalert.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertDispatcher;
import io.growalert.monitor.MonitorService;
import io.growalert.testkit.StubServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The alerting path: monitors on PostgreSQL and InfluxDB --> monitor-service --> Kafka --> dispatcher --> webhook. */
final class Scenario {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Scenario() {}

    /** @param url without parameters */
    record Database(String url, String user, String password) {
        Connection connect() throws Exception {
            return DriverManager.getConnection(url, user, password);
        }
    }

    /** A time series database, with the measurement {@code co2} and its field {@code ppm}. */
    interface Series {
        /** The source {@code series} in YAML, in one line. */
        String source();

        /** The lines of YAML of a query of the last value. */
        String query();

        void write(double ppm) throws Exception;
    }

    /** Each monitor's value turns bad and good again; the receiver is notified of both, of each monitor once. */
    static void run(String kafka, Database database, List<Series> series, Path folder) throws Exception {
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var hook = new StubServer()) {
            statement.execute("CREATE TABLE farm (room text PRIMARY KEY, ppm double precision)");
            statement.execute("INSERT INTO farm VALUES ('r1', 600)");
            for (var one : series) {
                one.write(600);
            }
            var file = Files.writeString(folder.resolve("farm.yaml"), definitions(database, series, hook.url()));
            var monitors = new ArrayList<>(List.of("on-postgres"));
            if (!series.isEmpty()) {
                monitors.add("on-influx");
            }
            try (var _ = MonitorService.start(monitorService(kafka, file, folder));
                    var _ = AlertDispatcher.start(dispatcher(kafka, database, file, folder))) {
                statement.execute("UPDATE farm SET ppm = 1200");
                for (var one : series) {
                    one.write(1200);
                }
                awaitEvents(hook, "firing", monitors);
                statement.execute("UPDATE farm SET ppm = 600");
                for (var one : series) {
                    one.write(600);
                }
                awaitEvents(hook, "resolved", monitors);
            }
            assertThat(events(hook)).hasSize(2 * monitors.size());
        }
    }

    private static void awaitEvents(StubServer hook, String type, List<String> monitors) {
        await(type).atMost(LIMIT).untilAsserted(() -> assertThat(events(hook).stream()
                        .filter(event -> event.get("type").asString().equals(type))
                        .map(event -> event.get("monitor").asString()))
                .containsExactlyInAnyOrderElementsOf(monitors));
    }

    private static List<JsonNode> events(StubServer hook) {
        return hook.requests().stream().map(seen -> JSON.readTree(seen.text())).toList();
    }

    private static String definitions(Database database, List<Series> series, String hook) {
        var influx = series.stream()
                .flatMap(one -> Stream.of(
                        "  - id: on-influx",
                        "    every: 1s",
                        "    source: series",
                        one.query(),
                        "    window: 5m",
                        judged()));
        return """
                sources:
                  farm: {postgres: {url: "%s", username: "%s", password: "%s"}}
                %s
                receivers:
                  hook: {webhook: {url: "%s"}}
                monitors:
                  - id: on-postgres
                    every: 1s
                    source: farm
                    query: SELECT room, ppm AS value FROM farm
                %s
                %s
                """.formatted(
                database.url(),
                database.user(),
                database.password(),
                String.join(
                        "\n",
                        series.stream().map(one -> "  series: " + one.source()).toList()),
                hook,
                judged(),
                String.join("\n", influx.toList()));
    }

    private static String judged() {
        return "    fail: {above: 1000}\n    alert: {receivers: [hook]}";
    }

    private static Map<String, Object> monitorService(String kafka, Path file, Path folder) {
        return new HashMap<>(Map.of(
                "server.port",
                0,
                "growalert.monitor.kafka",
                kafka,
                "growalert.monitor.files",
                List.of(file),
                "growalert.monitor.data",
                folder.resolve("monitor-service")));
    }

    private static Map<String, Object> dispatcher(String kafka, Database database, Path file, Path folder) {
        return new HashMap<>(Map.of(
                "server.port", 0,
                "growalert.dispatcher.kafka", kafka,
                "growalert.dispatcher.files", List.of(file),
                "growalert.dispatcher.data", folder.resolve("alert-dispatcher"),
                "growalert.dispatcher.database.url", database.url(),
                "growalert.dispatcher.database.username", database.user(),
                "growalert.dispatcher.database.password", database.password()));
    }
}
