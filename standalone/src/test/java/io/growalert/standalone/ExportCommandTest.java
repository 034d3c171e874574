package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code growalert export values} against a history-service over HTTP. */
class ExportCommandTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00.250Z");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final StoredHistory history = new StoredHistory(Duration.ofSeconds(10));

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        history.close();
    }

    @Test
    void every_value_of_a_period_is_printed_once_in_order() throws IOException {
        history.add("s1", Map.of("room", "r1"));
        history.add("s2", Map.of("room", "r2"));
        var expected = new ArrayList<>(List.of("slot,series,value,status"));
        for (int n = 0; n < 4_000; n++) {
            var slot = START.plusSeconds(10L * n);
            history.store("s1", slot, n + 0.5);
            history.store("s2", slot, n);
            expected.add(
                    "%s,\"{\"\"room\"\":\"\"r1\"\"}\",%d.5,%s".formatted(slot, n, n < 1_000 ? "PASSED" : "FAILED"));
            expected.add("%s,\"{\"\"room\"\":\"\"r2\"\"}\",%d,%s".formatted(slot, n, n <= 1_000 ? "PASSED" : "FAILED"));
        }

        assertThat(export(
                        "--from",
                        START.toString(),
                        "--to",
                        START.plusSeconds(40_000).toString()))
                .as(err.toString())
                .isZero();

        assertThat(out.toString().lines()).containsExactlyElementsOf(expected);
    }

    @Test
    void the_start_is_part_of_the_period_and_the_end_is_not() throws IOException {
        history.add("s1", Map.of());
        for (int n = -1; n < 3; n++) {
            history.store("s1", START.plusSeconds(10L * n), n);
        }

        assertThat(export(
                        "--from",
                        START.toString(),
                        "--to",
                        START.plusSeconds(20).toString(),
                        "--csv"))
                .isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "slot,series,value,status",
                        "2026-11-24T00:00:00.250Z,\"{}\",0,PASSED",
                        "2026-11-24T00:00:10.250Z,\"{}\",1,PASSED");
    }

    @Test
    void a_window_that_is_thinned_out_is_halved_until_it_is_not() throws IOException {
        history.add("s1", Map.of());
        // of an earlier definition with a shorter interval
        for (int n = 0; n < 9_000; n++) {
            history.store("s1", START.plusSeconds(n), n);
        }

        assertThat(export(
                        "--from",
                        START.toString(),
                        "--to",
                        START.plusSeconds(9_000).toString()))
                .isZero();

        assertThat(out.toString().lines()).hasSize(9_001).doesNotHaveDuplicates();
    }

    @Test
    void many_series_are_requested_ten_at_a_time_and_some_by_name() throws IOException {
        for (int n = 0; n < 25; n++) {
            history.add("s" + n, Map.of("n", String.valueOf(n)));
            history.store("s" + n, START, n);
        }
        var end = START.plusSeconds(60).toString();

        assertThat(export("--from", START.toString(), "--to", end)).isZero();
        assertThat(out.toString().lines()).hasSize(26);
        assertThat(history.requests()).hasSize(4);

        assertThat(export("--from", START.toString(), "--to", end, "--series", "s7", "--series", "s9"))
                .isZero();
        assertThat(history.requests().getLast()).endsWith("&series=s7&series=s9");
        assertThat(out.toString().lines().skip(26)).hasSize(3);
    }

    @Test
    void an_unknown_series_is_an_error_and_prints_nothing() throws IOException {
        history.add("s1", Map.of());
        var end = START.plusSeconds(60).toString();

        assertThat(export("--from", START.toString(), "--to", end, "--series", "s1", "--series", "nope"))
                .isNotZero();

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("room-co2 has no series nope");
    }

    @Test
    void series_that_vanished_in_the_period_are_exported_too() throws IOException {
        history.add("s1", Map.of("room", "r1"));
        history.vanished.put("s1", START.plusSeconds(20));
        history.store("s1", START.plusSeconds(10), 1);

        assertThat(export(
                        "--from",
                        START.toString(),
                        "--to",
                        START.plusSeconds(60).toString()))
                .isZero();

        assertThat(out.toString().lines()).hasSize(2);
    }

    @Test
    void any_label_is_a_field_that_can_be_read() throws IOException {
        history.add("s1", Map.of("room", "a,\"b\"\n=1+1"));
        history.store("s1", START, 1e21);

        assertThat(export(
                        "--from", START.toString(), "--to", START.plusSeconds(1).toString()))
                .isZero();

        assertThat(out.toString().lines().skip(1))
                .containsExactly(
                        "2026-11-24T00:00:00.250Z,\"{\"\"room\"\":\"\"a,\\\"\"b\\\"\"\\n=1+1\"\"}\",1000000000000000000000,FAILED");
    }

    @Test
    void deleted_raw_values_are_an_error_and_not_rollups() throws IOException {
        history.add("s1", Map.of());
        history.store("s1", START, 1);
        history.deletedBefore = START.plusSeconds(86_400);

        assertThat(export(
                        "--from",
                        START.toString(),
                        "--to",
                        START.plusSeconds(86_400).toString()))
                .isEqualTo(1);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("raw values of room-co2 before 2026-11-24T00:", "growalert.history.raw");
        assertThat(out.toString()).isEqualTo("slot,series,value,status\n");
    }

    @Test
    void requests_beyond_the_gateways_limit_are_retried() throws IOException {
        history.add("s1", Map.of());
        history.store("s1", START, 1);
        history.refusals = 1;

        assertThat(export(
                        "--from", START.toString(), "--to", START.plusSeconds(1).toString()))
                .isZero();
        assertThat(out.toString().lines()).hasSize(2);
    }

    @Test
    void what_is_wrong_is_one_line() throws IOException {
        assertThat(run("values", "--monitor", "other", "--from", "2h")).isEqualTo(1);
        assertThat(err.toString()).contains("404: no monitor with this id");

        history.add("s1", Map.of());
        history.seriesTotal = 812;
        assertThat(export("--from", "2h")).isEqualTo(1);
        assertThat(err.toString())
                .contains("room-co2 has 812 series, more than the 1 that can be listed: name the series with --series");

        assertThat(export("--from", "2h", "--to", "3h")).isEqualTo(1);
        assertThat(err.toString()).contains("--from must be before --to and before now");
        assertThat(run("values", "--monitor", "../billing", "--from", "2h")).isEqualTo(1);
        assertThat(err.toString()).contains("--monitor: '../billing' is no id");
        assertThat(export("--from", "soon")).isEqualTo(2);
        assertThat(run("values", "--from", "2h")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
    }

    private int export(String... arguments) throws IOException {
        var all = new ArrayList<>(List.of("values", "--monitor", "room-co2"));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) throws IOException {
        var token = Files.writeString(folder.resolve("token"), "the-token\n");
        var all = new ArrayList<>(List.of("export"));
        all.addAll(List.of(arguments));
        if (arguments.length > 0) {
            all.addAll(List.of("--url", history.url(), "--operator-token-file", token.toString()));
        }
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
