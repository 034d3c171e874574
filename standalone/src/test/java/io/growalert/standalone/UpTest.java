package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** {@code growalert up} as a user runs it, from the first start over SIGKILL to Ctrl-C: one process, tested in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpTest {
    private static final int HTTP = ForkedGrowAlert.freeHttp();
    private static final int KAFKA = ForkedGrowAlert.kafka(HTTP);
    private static final int POSTGRES = ForkedGrowAlert.postgres(HTTP);

    @TempDir
    static Path folder;

    private static ForkedGrowAlert growalert;

    @BeforeAll
    static void start() throws IOException {
        growalert = up();
    }

    @AfterAll
    static void stop() throws Exception {
        growalert.close();
    }

    @Test
    @Order(1)
    void the_room_examples_first_alert_is_on_the_console() {
        growalert.awaitOutput("FIRING   room-co2 {room=office}");
        growalert.awaitOutput("Ready after");

        assertThat(growalert.output()).contains("Kafka       127.0.0.1:" + KAFKA);
    }

    @Test
    @Order(2)
    void it_is_on_the_topic_for_a_consumer_without_our_classes() throws Exception {
        var consumer = new ProcessBuilder(
                        java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "../docs/examples/Alerts.java",
                        "127.0.0.1:" + KAFKA)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("consumer.out").toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(folder.resolve("consumer.out"))
                    .content()
                    .contains("\"type\":\"firing\"", "\"monitor\":\"room-co2\""));
        } finally {
            consumer.destroyForcibly().waitFor();
        }
    }

    @Test
    @Order(3)
    void it_is_there_for_kcat() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/kcat")), "kcat is not installed");

        assertThat(output(
                        "kcat",
                        "-C",
                        "-e",
                        "-q",
                        "-b",
                        "127.0.0.1:" + KAFKA,
                        "-t",
                        "growalert.alerts",
                        "-X",
                        "isolation.level=read_committed"))
                .contains("\"type\":\"firing\"", "\"monitor\":\"room-co2\"");
    }

    @Test
    @Order(4)
    void the_readings_are_there_for_psql() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/psql")), "psql is not installed");

        assertThat(output(
                        "psql",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(POSTGRES),
                        "-U",
                        "postgres",
                        "-c",
                        "SELECT * FROM readings ORDER BY time DESC LIMIT 3"))
                .contains("co2_ppm", "office", "(3 rows)");
    }

    @Test
    @Order(4)
    void it_is_open_at_the_http_api() throws Exception {
        assertThat(get("/api/alerts")).contains("room-co2", "office");
    }

    /** As a page in a browser on this machine would: under a name that was made to lead here, or as a form. */
    @Test
    @Order(4)
    void no_service_lets_a_page_of_another_site_in() throws Exception {
        for (int port : List.of(HTTP + 1, HTTP + 2, HTTP + 3, HTTP + 5)) {
            assertThat(raw(port, "GET /actuator/health HTTP/1.1\nHost: evil.example:%d".formatted(port)))
                    .startsWith("HTTP/1.1 421")
                    .contains("\"code\":\"invalid_host\"");
            assertThat(raw(port, "GET /actuator/health HTTP/1.1\nHost: localhost"))
                    .doesNotContain("invalid_host");
        }
        var redrive =
                "POST /api/deliveries/d/redrive HTTP/1.1\nHost: 127.0.0.1:%d\nContent-Length: 0".formatted(HTTP + 2);
        assertThat(raw(HTTP + 2, redrive + "\nContent-Type: text/plain")).startsWith("HTTP/1.1 415");
        assertThat(raw(HTTP + 2, redrive + "\nOrigin: https://evil.example")).startsWith("HTTP/1.1 403");
        assertThat(raw(HTTP + 2, redrive))
                .startsWith("HTTP/1.1 401")
                .contains("\"code\":\"identity_needed\"", "operators call the gateway");
    }

    @Test
    @Order(4)
    void the_key_of_the_identity_is_the_owners_and_every_service_starts_with_its_public_key() throws Exception {
        var key = folder.resolve("data/services/gateway/identity-key.json");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(growalert.log()).doesNotContain("Public key of the gateway");
    }

    @Test
    @Order(4)
    void every_metric_of_the_rules_and_dashboards_is_scraped() throws Exception {
        var used = UsedMetrics.names();
        assertThat(used).hasSizeGreaterThan(30);

        await().untilAsserted(() -> assertThat(scraped()).containsAll(used));
    }

    @Test
    @Order(4)
    void a_monitor_is_run_once_on_request_as_described() throws Exception {
        var api = OpenApi.read();
        for (var expected : Map.of("room-co2", 200, "unknown", 404).entrySet()) {
            var response = send(
                    request("/api/monitors/%s/run".formatted(expected.getKey())).POST(BodyPublishers.noBody()));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(expected.getValue());
            assertThat(api.complaints(response)).as(response.body()).isEmpty();
        }
    }

    private static Set<String> scraped() throws Exception {
        var text = get("/api/gateway/prometheus");
        for (int port : List.of(HTTP + 1, HTTP + 2, HTTP + 3, HTTP + 5)) {
            text += raw(port, "GET /actuator/prometheus HTTP/1.0\nHost: localhost");
        }
        return UsedMetrics.in(text);
    }

    private static String raw(int port, String request) throws IOException {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(20_000);
            var text = request + "\nConnection: close\n\n";
            socket.getOutputStream().write(text.replace("\n", "\r\n").getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @Test
    @Order(4)
    void the_history_has_what_the_topic_has() {
        await().untilAsserted(() -> {
            assertThat(
                            count(
                                    "select count(*) from history.\"values\" where monitor = 'room-co2' and series @> '{\"room\": \"office\"}'"))
                    .isPositive();
            assertThat(count("select count(*) from history.incidents where monitor = 'room-co2'"))
                    .isPositive();
        });
    }

    private static long count(String sql) throws Exception {
        var url = "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres".formatted(POSTGRES);
        try (var connection = DriverManager.getConnection(url);
                var row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    @Order(5)
    void after_sigkill_and_a_new_start_the_open_alert_is_still_known_and_ends() throws Exception {
        growalert.kill();
        assertThat(Postmaster.over(folder.resolve("data/postgres"))).isPresent();

        growalert = up();
        growalert.awaitOutput("Ready after");

        // it ends without having started here: the replay starts over, at 918 ppm
        growalert.awaitOutput("RESOLVED room-co2 {room=office}");
        assertThat(growalert.output().replaceFirst("(?s)RESOLVED room-co2.*", ""))
                .doesNotContain("FIRING   room-co2");
        // and the history continues where it was
        await().untilAsserted(
                        () -> assertThat(count("select count(*) from history.incidents where resolved_at is not null"))
                                .isPositive());
        assertThat(
                        count(
                                "select count(*) from (select 1 from history.\"values\" group by monitor, series, slot having count(*) > 1) twice"))
                .isZero();
    }

    /** RocksDB's library alone is 14 MB; Jetty's empty folders and a script of some lines are not what fills a disk. */
    @Test
    @Order(6)
    void what_was_killed_left_no_library_in_the_systems_temporary_folder() throws Exception {
        try (Stream<Path> left = Files.walk(folder.resolve("tmp"))) {
            assertThat(left.map(Path::toFile)).allMatch(file -> file.isDirectory() || file.length() < 64 * 1024);
        }
        assertThat(folder.resolve("data/tmp")).isDirectoryContaining("glob:**librocksdbjni*");
    }

    @Test
    @Order(7)
    void sigterm_stops_everything_postgresql_too() throws Exception {
        int code = growalert.terminate();

        assertThat(code).isEqualTo(143);
        assertThat(growalert.output()).contains("Stopping ...", "Stopped.").doesNotContain("\tat ");
        assertThat(Postmaster.over(folder.resolve("data/postgres"))).isEmpty();
        assertThat(growalert.log())
                .containsSubsequence(
                        "Part stopped part=\"the gateway\"",
                        "Part stopped part=\"the room example\"",
                        "Part stopped part=\"the monitor-service\"",
                        "Part stopped part=\"the alert-dispatcher\"",
                        "Part stopped part=\"the billing-service\"",
                        "Part stopped part=\"the history-service\"",
                        "Part stopped part=\"stripe-sandbox\"",
                        "Part stopped part=\"Kafka\"",
                        "Part stopped part=\"PostgreSQL\"");
    }

    private static ForkedGrowAlert up() throws IOException {
        return ForkedGrowAlert.up(folder.resolve("data"), folder.resolve("tmp"), Map.of(), HTTP);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String output(String... command) throws Exception {
        var process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        var text = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return text;
    }

    private static String get(String path) throws Exception {
        return send(request(path)).body();
    }

    private static HttpRequest.Builder request(String path) throws IOException {
        var token = Files.readString(folder.resolve("data/operator-token")).strip();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + HTTP + path))
                .header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofString());
        }
    }
}
