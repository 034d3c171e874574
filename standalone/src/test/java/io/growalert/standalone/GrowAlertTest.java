package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.testkit.StubServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrowAlertTest {
    private final String temporary = System.getProperty("java.io.tmpdir");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @AfterEach
    void restore() {
        System.setProperty("java.io.tmpdir", temporary);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--kafka-port", "--postgres-port", "--http-port"})
    void a_port_in_use_is_one_line_that_names_its_option(String option) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int code = up(option, String.valueOf(taken.getLocalPort()));

            assertThat(code).isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("port " + taken.getLocalPort(), option);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void so_is_each_of_the_five_that_http_needs(int next) throws Exception {
        int http = ForkedGrowAlert.freeHttp();
        try (var _ = new ServerSocket(http + next, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThat(up("--http-port", String.valueOf(http))).isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("port " + (http + next), "--http-port");
        }
        assertThat(folder.resolve("data/operator-token")).doesNotExist();
    }

    @Test
    void a_data_folder_in_use_is_one_line() {
        try (var _ = DataFolder.open(folder.resolve("data"))) {
            int code = up();

            assertThat(code).isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("in use", folder.toString());
        }
    }

    @Test
    void a_data_folder_that_cannot_be_written_to_is_one_line() {
        int code = run("up", "--data", "/proc/growalert");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("/proc/growalert", "cannot be written to");
    }

    @Test
    void a_foreign_kafka_that_does_not_answer_is_one_line() {
        int code = up("--kafka", "127.0.0.1:" + LoopbackPorts.anyFree());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("Kafka is unreachable", "--kafka");
    }

    @Test
    void settings_for_kafka_that_cannot_be_used_are_one_line() throws Exception {
        var file = folder.resolve("kafka.properties");
        var kafka = "127.0.0.1:" + LoopbackPorts.anyFree();

        assertThat(up("--kafka", kafka, "--kafka-config", file.toString())).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains(file + ": there is no such file");

        Files.writeString(file, "acks=1\n");
        assertThat(up("--kafka", kafka, "--kafka-config", file.toString())).isEqualTo(1);
        assertThat(err.toString().lines().toList().getLast())
                .contains(file + ": acks is not a setting of the connection");

        assertThat(up("--kafka-config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("--kafka-config needs --kafka");
    }

    @Test
    void a_foreign_postgresql_that_does_not_answer_is_one_line() {
        int code = up("--postgres", "postgresql://127.0.0.1:%d/farm".formatted(LoopbackPorts.anyFree()));

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("the PostgreSQL at 127.0.0.1", "cannot be used");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://db/farm?user=a&user=b, --postgres has user twice: leave one out of the URL",
        "postgresql://db/farm?user=a&password=secret, --postgres takes no password: leave it out of the URL and set PGPASSWORD",
        "db/farm, --postgres must be a URL such as"
    })
    void a_url_of_a_postgresql_that_is_none_is_wrong_usage(String url, String line) {
        assertThat(up("--postgres", url)).isEqualTo(2);
        assertThat(err.toString().lines().findFirst().orElseThrow()).startsWith(line);
        assertThat(err.toString()).doesNotContain("\tat ", "secret");
    }

    @Test
    void definitions_that_do_not_load_are_refused_with_each_problem_on_a_line() throws Exception {
        var file = definitions("monitors: [{id: a, every: 1ms}]\nreceivers: {ops: {pigeon: {}}}\n");

        int code = up("--config", file.toString());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .contains(file + ":1:", "every", file + ":2:", "ops")
                .doesNotContain("\tat ");
    }

    @Test
    void a_port_that_is_none_is_wrong_usage() {
        assertThat(up("--http-port", "70000")).isEqualTo(2);
        assertThat(err.toString()).contains("--http-port must be from 1 to 65530, not 70000");
    }

    @Test
    void ports_that_overlap_are_wrong_usage() {
        assertThat(up("--http-port", "21000", "--kafka-port", "21005")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--kafka-port must be none of the 6 ports from --http-port 21000 on, but is 21005");
        assertThat(up("--http-port", "21000", "--postgres-port", "21000")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--postgres-port must be none of the 6 ports from --http-port 21000 on, but is 21000");
        assertThat(up("--kafka-port", "21010", "--postgres-port", "21010")).isEqualTo(2);
        assertThat(err.toString()).contains("--kafka-port and --postgres-port must differ, both are 21010");
    }

    @ParameterizedTest
    @CsvSource({
        "--kafka-port, --https-port and --kafka-port must differ",
        "--postgres-port, --https-port and --postgres-port must differ"
    })
    void a_port_for_https_that_another_server_has_is_wrong_usage(String option, String line) {
        var https = List.of("--https-port", "21020", "--certificate", "a.pem", "--certificate-key", "a.key");
        var arguments = new ArrayList<>(https);
        arguments.addAll(List.of(option, "21020"));

        assertThat(up(arguments.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString()).contains(line + ", both are 21020");
    }

    @ParameterizedTest
    @CsvSource({
        "up --http-port 70000, --http-port must be from 1 to 65530, growalert help up",
        "up --htpp-port 8080, Unknown option, growalert help up",
        "up --http-port, Missing required parameter for option, growalert help up",
        "template render, Missing required, growalert template render --help",
        "uq, Unmatched argument at index 0, growalert help"
    })
    void wrong_usage_is_its_reason_and_a_line_that_names_the_help(String arguments, String reason, String help) {
        assertThat(run(arguments.split(" ", -1))).isEqualTo(2);
        var lines = err.toString().lines().toList();
        assertThat(lines.getFirst()).startsWith(reason);
        assertThat(lines.getLast()).isEqualTo("Try '" + help + "'.");
        assertThat(lines).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void without_a_command_all_are_listed() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("a command is needed", "  silence ");
    }

    @Test
    void check_counts_what_is_in_good_files() throws Exception {
        var file = definitions("""
                sources: {farm: {postgres: {url: "jdbc:postgresql://127.0.0.1/farm", username: grower}}}
                receivers: {console: {log: {}}}
                monitors:
                  - {id: co2, every: 30s, source: farm, window: 5m, fail: {above: 1000}, alert: {receivers: [console]},
                     query: "SELECT avg(co2_ppm) AS value FROM readings WHERE time > :from AND time <= :to"}
                """);

        assertThat(run("check", file.toString())).isZero();
        assertThat(out.toString().strip()).isEqualTo("ok: 1 monitor, 1 source, 1 receiver");
    }

    @Test
    void check_reports_problems_of_silences_and_inhibitions() throws Exception {
        var file = definitions("""
                receivers: {console: {log: {}}}
                silences:
                  - {matchers: ["site"], days: [sun], zone: Europe/Berlin, comment: cleaning}
                inhibit:
                  - {source: ["monitor=uplink"], target: ["room=~.*"]}
                """);

        assertThat(run("check", file.toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains(":3:") && line.contains("silences[0].matchers"))
                .anyMatch(line -> line.contains(":5:") && line.contains("inhibit[0].target"));
    }

    @Test
    void check_reports_problems_of_status_pages() throws Exception {
        var file = definitions("""
                receivers: {console: {log: {}}}
                statusPages:
                  - {name: farm, match: ["site=north"], public: true}
                  - {name: farm, match: ["site"]}
                """);

        assertThat(run("check", file.toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains(":4:6: statusPages[1].name: the status page is already defined at "))
                .anyMatch(line -> line.contains(":4:") && line.contains("statusPages[1].match"));
    }

    @Test
    void check_reports_every_problem_with_its_place_and_key() throws Exception {
        var file = definitions("receivers: {ops: {webhook: {}}}\nmonitors: [{id: Not An Id}]\n");

        assertThat(run("check", file.toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .allMatch(line -> line.matches("\\Q" + file + "\\E:\\d+:\\d+: .+"))
                .anyMatch(line -> line.contains(":1:") && line.contains("receivers.ops.webhook"))
                .anyMatch(line -> line.contains(":2:") && line.contains("monitors[0].id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing yet\n", "---\n"})
    void check_of_an_empty_file_is_an_error_unless_that_is_meant(String text) throws Exception {
        var file = definitions(text);

        assertThat(run("check", file.toString())).isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo(file + ":1:1: the file is empty; give --allow-empty if that is meant");
        assertThat(run("check", "--allow-empty", file.toString())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{}}", "{{#}}{{/}}", "{{=}}", "{{#room}}", "{{>other}}"})
    void check_reports_a_bad_template_in_one_line(String template) throws Exception {
        var file = definitions("""
                sources: {farm: {postgres: {url: "jdbc:postgresql://127.0.0.1/farm"}}}
                monitors:
                  - {id: co2, every: 30s, source: farm, query: SELECT 1 AS value,
                     summary: "%s"}
                """.formatted(template));

        assertThat(run("check", file.toString())).isEqualTo(1);
        assertThat(err.toString())
                .hasLineCount(1)
                .startsWith(file + ":4:6: monitors[0].summary: is no Mustache template: ");
    }

    @Test
    void check_of_a_file_that_is_not_there_is_one_line() {
        assertThat(run("check", "missing.yaml")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("missing.yaml");
    }

    @Test
    void the_room_example_is_good() throws Exception {
        var text = Files.readString(Path.of("src/main/resources/room/room.yaml"))
                .replace("${ROOM_POSTGRES_URL}", "jdbc:postgresql://127.0.0.1/postgres");
        var influx = Files.readString(Path.of("src/main/resources/room/room-influx.yaml"))
                .replace("${INFLUX_URL}", "http://127.0.0.1:8086");

        assertThat(run("check", definitions(text).toString()))
                .as(err.toString())
                .isZero();
        assertThat(run("check", definitions(influx).toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().lines()).containsOnly("ok: 3 monitors, 1 source, 1 receiver");
    }

    @Test
    void a_test_message_arrives_and_is_marked_as_one() throws Exception {
        try (var server = webhook(204)) {
            int code = run("notify", "test", "ops", "--config", receiver(server).toString());

            assertThat(code).as(err.toString()).isZero();
            assertThat(out.toString()).contains("delivered to ops", "204");
            assertThat(server.requests()).singleElement().satisfies(seen -> assertThat(seen.text())
                    .contains("\"test\""));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 503})
    void a_rejected_test_message_is_one_line(int answer) throws Exception {
        try (var server = webhook(answer)) {
            int code = run("notify", "test", "ops", "--config", receiver(server).toString());

            assertThat(code).isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("not delivered", String.valueOf(answer));
        }
    }

    @Test
    void a_mail_setting_that_cannot_be_read_is_one_line() throws Exception {
        System.setProperty("growalert.dispatcher.mail.port", "often");
        try {
            var file = definitions("receivers: {ops: {log: {}}}\n");

            assertThat(run("notify", "test", "ops", "--config", file.toString()))
                    .isEqualTo(1);
        } finally {
            System.clearProperty("growalert.dispatcher.mail.port");
        }
        assertThat(err.toString()).hasLineCount(1).contains("growalert.dispatcher.mail", "often");
    }

    @Test
    void a_test_message_to_an_unknown_receiver_is_one_line() throws Exception {
        var file = definitions("receivers: {console: {log: {}}}\n");

        assertThat(run("notify", "test", "ops", "--config", file.toString())).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("no receiver 'ops'", "console");
    }

    @Test
    void a_message_is_rendered_and_nothing_is_sent() throws Exception {
        try (var server = webhook(204)) {
            var file = definitions(
                    "receivers: {ops: {slack: {url: '%s', token: s3cr3t, channel: '#ops'}}}\n".formatted(server.url()));
            var event = Files.writeString(folder.resolve("event.json"), """
                    {"id": "e", "type": "reminder", "alert": "a", "incident": "i", "monitor": "air-humidity", "series": {},
                     "labels": {}, "status": "FAILED", "value": 90.5, "unit": "%", "reason": "above 85", "summary": "too wet",
                     "slot": "2026-11-24T07:00:00Z", "firingSince": "2026-11-24T06:00:00Z", "receivers": ["ops"]}
                    """);

            assertThat(run("template", "render", file.toString(), "--receiver", "ops", "--type", "resolved"))
                    .as(err.toString())
                    .isZero();
            assertThat(run("template", "render", file.toString(), "--receiver", "ops", "--event", event.toString()))
                    .as(err.toString())
                    .isZero();

            assertThat(out.toString())
                    .contains("POST %s/chat.postMessage".formatted(server.url()))
                    .contains("[RESOLVED] room-co2", "[REMINDER] air-humidity: too wet", "Value: 90.5 %")
                    .doesNotContain("s3cr3t");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void a_file_that_is_no_event_is_named() throws Exception {
        var file = definitions("receivers: {console: {log: {}}}\n");
        var event = Files.writeString(folder.resolve("event.json"), "nonsense");

        assertThat(run("template", "render", file.toString(), "--receiver", "console", "--event", event.toString()))
                .isEqualTo(1);

        assertThat(err.toString()).contains(event + ": expected an alert event or a message of a group as JSON");
    }

    @Test
    void a_message_of_a_group_is_rendered() throws Exception {
        var file = definitions("receivers: {console: {log: {}}}\n");

        assertThat(run("template", "render", file.toString(), "--receiver", "console", "--group"))
                .isZero();

        assertThat(out.toString())
                .contains("FIRING   site=north: 1 new, 1 still firing, 1 resolved (room-co2 ", "; shed-co2 ");
    }

    @Test
    void what_cannot_be_rendered_is_one_line() throws Exception {
        var file = definitions("receivers: {console: {log: {}}}\n");

        assertThat(run("template", "render", file.toString(), "--receiver", "ops"))
                .isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("no receiver 'ops'", "console");
        assertThat(run("template", "render", file.toString(), "--receiver", "console", "--type", "x"))
                .isEqualTo(2);
        assertThat(run("template")).isEqualTo(2);
    }

    @Test
    void no_command_is_wrong_usage_and_help_is_not() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("help")).isZero();
        assertThat(run("help", "up")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains("up", "check", "notify", "billing", "--postgres-port", "growalert ");
    }

    @Test
    void every_command_prints_its_version() {
        for (var command : List.of(
                List.of("up"),
                List.of("check"),
                List.of("run"),
                List.of("notify"),
                List.of("notify", "test"),
                List.of("template"),
                List.of("template", "render"),
                List.of("billing"),
                List.of("billing", "replay"))) {
            var arguments = new ArrayList<>(command);
            arguments.add("--version");
            out.getBuffer().setLength(0);

            assertThat(run(arguments.toArray(String[]::new))).isZero();
            assertThat(out.toString()).startsWith("growalert ");
        }
    }

    /** With free ports where the arguments name none. */
    private int up(String... arguments) {
        var all = new ArrayList<>(List.of("up", "--data", folder.resolve("data").toString()));
        var given = List.of(arguments);
        all.addAll(given);
        for (var option : List.of("--kafka-port", "--postgres-port", "--http-port")) {
            if (!given.contains(option)) {
                all.addAll(List.of(option, String.valueOf(ForkedGrowAlert.freeHttp())));
            }
        }
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Path definitions(String text) throws Exception {
        return Files.writeString(folder.resolve("definitions.yaml"), text);
    }

    private Path receiver(StubServer server) throws Exception {
        return definitions("receivers: {ops: {webhook: {url: \"%s/hook\"}}}\n".formatted(server.url()));
    }

    private static StubServer webhook(int status) {
        return new StubServer(exchange -> StubServer.answer(exchange, status, ""));
    }
}
