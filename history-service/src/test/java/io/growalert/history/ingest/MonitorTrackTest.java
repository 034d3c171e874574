package io.growalert.history.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.CheckResult;
import io.growalert.events.SeriesResult;
import io.growalert.history.Rooms;
import io.growalert.history.store.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Spans from runs, without I/O. Times are seconds after the start, and the monitor's series is {@code monitor}. */
class MonitorTrackTest {
    private static final Instant START = Instant.parse("2026-11-24T07:00:00Z");
    private static final String ROOM = "room-co2";

    private final SpanChanges spans = new SpanChanges();
    private final Map<Integer, String> names = new HashMap<>(Map.of(OpenSpan.MONITOR, "monitor"));
    private MonitorTrack track = new MonitorTrack(1, ROOM, MonitorRules.of(Rooms.monitor(ROOM)));

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    private void observe(int seconds, SeriesResult... series) {
        observe(Rooms.run(ROOM, at(seconds), series), at(seconds));
    }

    private void observe(CheckResult run, Instant appended) {
        for (var series : run.series()) {
            if (track.find(series.labels()) == null) {
                int id = names.size();
                names.put(id, series.labels().getOrDefault("room", ""));
                track.add(series.labels(), id);
            }
        }
        var found =
                run.series().stream().map(series -> track.get(series.labels())).toList();
        track.observe(run, found, appended, spans);
    }

    private List<String> spansOf(String series) {
        return spans.begun().stream()
                .filter(span -> series.equals(names.get(span.series)))
                .map(span -> "%s %s".formatted(span.status(), period(span.since, span.until())))
                .toList();
    }

    private static String period(long since, @Nullable Long until) {
        return seconds(since) + (until == null ? "" : " " + seconds(until));
    }

    private static long seconds(long micros) {
        return (micros - Micros.of(START)) / Micros.SECOND;
    }

    @Test
    void a_span_lasts_until_the_status_changes() {
        observe(0, Rooms.room("a", 1));
        observe(10, Rooms.room("a", 2));
        observe(20, Rooms.room("a", 900));
        observe(30, Rooms.room("a", 1_200));

        assertThat(spansOf("a")).containsExactly("PASSED 0 20", "DEGRADED 20 30", "FAILED 30");
        assertThat(spansOf("monitor")).containsExactly("PASSED 0 20", "DEGRADED 20 30", "FAILED 30");
    }

    @Test
    void missed_slots_errors_and_absence_are_different() {
        observe(0, Rooms.room("a", 1), Rooms.room("b", 1));
        observe(Rooms.error(ROOM, at(10)), at(10));
        observe(20, Rooms.room("a", 1));
        observe(60, Rooms.room("a", 1));
        observe(70);

        assertThat(spansOf("monitor"))
                .containsExactly(
                        "PASSED 0 10", "ERROR 10 20", "PASSED 20 30", "MISSED 30 60", "PASSED 60 70", "NO_DATA 70");
        assertThat(spansOf("a")).containsExactly("PASSED 0 70", "NO_DATA 70");
        assertThat(spansOf("b")).containsExactly("PASSED 0 20", "NO_DATA 20");
    }

    @Test
    void a_run_is_complete_with_its_last_part() {
        observe(0, Rooms.room("a", 1), Rooms.room("b", 1));

        observe(Rooms.part(ROOM, at(10), 1, 2, Rooms.room("a", 1)), at(10));
        assertThat(spansOf("b")).containsExactly("PASSED 0");
        observe(Rooms.part(ROOM, at(10), 2, 2, Rooms.room("c", 2_000)), at(10));

        assertThat(spansOf("b")).containsExactly("PASSED 0 10", "NO_DATA 10");
        assertThat(spansOf("monitor")).containsExactly("PASSED 0 10", "FAILED 10");
    }

    @Test
    void late_runs_and_repeated_ones_change_no_span() {
        observe(0, Rooms.room("a", 1));
        observe(20, Rooms.room("a", 1));
        observe(10, Rooms.room("a", 2_000));
        observe(20, Rooms.room("a", 2_000));

        assertThat(spansOf("a")).containsExactly("PASSED 0");
        assertThat(track.lastSlot()).isEqualTo(at(20));
    }

    @Test
    void a_series_that_is_absent_for_long_is_forgotten() {
        observe(0, Rooms.room("a", 1), Rooms.room("b", 1));
        int day = 86_400;
        observe(day, Rooms.room("a", 1));
        observe(day + 10, Rooms.room("a", 1));

        assertThat(spansOf("b")).containsExactly("PASSED 0 86400", "NO_DATA 86400 86410");
        observe(day + 20, Rooms.room("a", 1), Rooms.room("b", 1));
        assertThat(spansOf("b")).hasSize(3).last().isEqualTo("PASSED 86420");
    }

    @Test
    void a_clock_that_is_ahead_counts_as_the_time_of_the_broker() {
        observe(Rooms.run(ROOM, at(7_200), Rooms.room("a", 1)), at(0));
        observe(Rooms.run(ROOM, at(7_210), Rooms.room("a", 2_000)), at(10));
        observe(20, Rooms.room("a", 1));

        assertThat(spansOf("a")).containsExactly("PASSED 0 10", "FAILED 10 20", "PASSED 20");
    }

    @Test
    void after_a_clock_that_was_ahead_absent_series_and_missed_slots_are_seen() {
        observe(Rooms.run(ROOM, at(7_200), Rooms.room("a", 1), Rooms.room("b", 1)), at(0));
        observe(10, Rooms.room("a", 1));
        observe(50, Rooms.room("a", 1));

        assertThat(spansOf("b")).containsExactly("PASSED 0 10", "NO_DATA 10");
        assertThat(spansOf("monitor")).containsExactly("PASSED 0 20", "MISSED 20 50", "PASSED 50");
        assertThat(track.lastSlot()).isEqualTo(at(50));
        assertThat(track.newestSlot()).isEqualTo(at(7_200));
    }

    @Test
    void slots_of_an_older_interval_were_not_missed() {
        observe(0, Rooms.room("a", 1));
        track.redefine(
                new MonitorRules(Duration.ofSeconds(5), Duration.ofMinutes(1), false, false, Duration.ofHours(24)),
                at(58));
        observe(60, Rooms.room("a", 1));
        observe(70, Rooms.room("a", 1));

        assertThat(spansOf("monitor")).containsExactly("PASSED 0 65", "MISSED 65 70", "PASSED 70");
    }

    @Test
    void without_a_definition_the_result_says_how_many_slots_were_missed() {
        track = new MonitorTrack(1, ROOM, null);
        observe(0, Rooms.room("a", 1));
        observe(30, Rooms.room("a", 1));
        var missed = new CheckResult(
                ROOM,
                at(60),
                at(60),
                1,
                io.growalert.events.Status.PASSED,
                2,
                1,
                1,
                Map.of(),
                List.of(Rooms.room("a", 1)),
                null,
                null);
        observe(missed, at(60));

        assertThat(spansOf("monitor")).containsExactly("PASSED 0 40", "MISSED 40 60", "PASSED 60");
    }

    @Test
    void instances_of_a_pushed_monitor_have_series_of_their_own() {
        track = new MonitorTrack(1, "growalert-lag", null);
        observe(0, Rooms.room("a", 1));
        observe(0, Rooms.room("b", 2_000));
        observe(30, Rooms.room("a", 1));
        observe(30, Rooms.room("b", 2_000));
        observe(60, Rooms.room("a", 1));
        observe(120, Rooms.room("a", 1));

        assertThat(spansOf("a")).containsExactly("PASSED 0");
        assertThat(spansOf("b")).containsExactly("FAILED 0 120", "PASSED 120");
        assertThat(spansOf("monitor"))
                .containsExactly("FAILED 0 120", "PASSED 120")
                .doesNotContain("MISSED");
    }

    @Test
    void a_late_push_does_not_replace_the_last_value() {
        // a system monitor, whose results are pushed
        track = new MonitorTrack(1, "growalert-lag", null);
        observe(0, Rooms.room("a", 1));
        observe(30, Rooms.room("a", 2));
        observe(20, Rooms.room("a", 3));

        assertThat(track.lastValue()).isEqualTo(2);
        assertThat(track.lastSlot()).isEqualTo(at(30));
    }
}
