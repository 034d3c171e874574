package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.testkit.FreePort;
import io.growalert.testkit.TestPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code growalert run} against a real PostgreSQL. */
class RunCommandTest {
    private static final TestPostgres DATABASE = new TestPostgres();
    private static final String IN_TIME = " in \\d+ ms at \\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z, ";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @BeforeAll
    static void fill() {
        DATABASE.jdbc()
                .sql("create table readings (room text, co2_ppm float8, time timestamptz)")
                .update();
        DATABASE.jdbc()
                .sql("insert into readings values ('r1', 1203.5, now()), ('r2', 850, now()), ('r3', 612, now()),"
                        + " ('r4', null, now()), ('old', 2000, now() - interval '1 day')")
                .update();
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    private int run(String monitor, String definitions) throws IOException {
        var file = Files.writeString(folder.resolve("definitions.yaml"), definitions);
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("run", monitor, "--config", file.toString());
    }

    private static String source() {
        return source(DATABASE.url().replaceFirst("[?].*", ""));
    }

    private static String source(String url) {
        return """
                sources: {farm: {postgres: {url: "%s", username: postgres, password: s3cret}}}
                """.formatted(url);
    }

    private static String monitor(String query, String... keys) {
        var monitor = """
                monitors:
                  - id: room-co2
                    every: 30s
                    source: farm
                    query: "%s"
                """.formatted(query);
        return monitor + Stream.of(keys).map("    %s\n"::formatted).collect(Collectors.joining());
    }

    @Test
    void a_pushed_monitor_is_never_run() throws IOException {
        var definitions = source() + "monitors: [{id: backup, every: 1h, source: push}]\n";

        assertThat(run("backup", definitions)).isEqualTo(1);
        assertThat(err.toString()).contains("backup is never run: with source: push, a service publishes its results");
    }

    @Test
    void rows_judgement_thresholds_and_time_are_printed() throws IOException {
        var definitions = source()
                + monitor(
                        "SELECT room, co2_ppm AS value FROM readings WHERE time > :from AND time <= :to ORDER BY room",
                        "window: 5m",
                        "fail: {above: 1000}",
                        "degraded: {above: 800}",
                        "resolve: {below: 900}",
                        "unit: ppm");

        assertThat(run("room-co2", definitions)).as(err.toString()).isZero();

        var lines = out.toString().lines().toList();
        assertThat(lines)
                .startsWith(
                        "FAILED   {room=r1} 1203.5 ppm (above 1000 ppm)",
                        "DEGRADED {room=r2} 850 ppm (above 800 ppm)",
                        "PASSED   {room=r3} 612 ppm",
                        "NO VALUE {room=r4}")
                .hasSize(5);
        assertThat(lines.getLast())
                .matches("FAILED   room-co2: 4 rows" + IN_TIME + "1 without a value, fail: above 1000 ppm, "
                        + "degraded: above 800 ppm, resolve: below 900 ppm");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void an_answer_without_rows_is_judged_by_no_data() throws IOException {
        var definitions = source()
                + monitor(
                        "SELECT room, 1 AS value FROM readings WHERE room = 'none'",
                        "fail: {above: 0}",
                        "noData: ignore",
                        "resolveOnAbsence: true");

        assertThat(run("room-co2", definitions)).as(err.toString()).isZero();
        assertThat(out.toString().strip())
                .matches("PASSED   room-co2: 0 rows" + IN_TIME + "noData: ignore, fail: above 0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT roam, 1 AS value FROM readings | query   | ERROR: column
            SELECT pg_sleep(20), 1 AS value       | timeout | no answer in time
            SELECT room AS value FROM readings    | value   | the value is the text
            """)
    void a_failed_query_is_one_line(String query, String kind, String message) throws IOException {
        assertThat(run("room-co2", source() + monitor(query, "timeout: 1s"))).isEqualTo(1);
        assertThat(err.toString())
                .hasLineCount(1)
                .startsWith("growalert: room-co2 has no result (%s): ".formatted(kind))
                .contains(message)
                .doesNotContain("s3cret");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void an_unreachable_source_is_one_line_without_its_password() throws IOException {
        var url = "jdbc:postgresql://127.0.0.1:%d/farm".formatted(FreePort.next());

        assertThat(run("room-co2", source(url) + monitor("SELECT 1 AS value"))).isEqualTo(1);
        assertThat(err.toString())
                .hasLineCount(1)
                .startsWith("growalert: room-co2 has no result (source): cannot connect to the database")
                .doesNotContain("s3cret");
    }

    @Test
    void an_unknown_monitor_is_one_line_that_names_the_others() throws IOException {
        assertThat(run("co2", source() + monitor("SELECT 1 AS value"))).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("growalert: there is no monitor 'co2'; there are room-co2");
    }

    @Test
    void files_with_problems_do_not_run() throws IOException {
        assertThat(run("room-co2", source() + monitor("SELECT 1 AS value", "resolve: {below: 1}")))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("growalert: the definitions do not load:")
                .contains("monitors[0].resolve: needs the key fail");
    }

    @Test
    void a_missing_config_is_wrong_usage() {
        assertThat(GrowAlert.commandLine().setErr(new PrintWriter(err, true)).execute("run", "room-co2"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--config");
    }
}
