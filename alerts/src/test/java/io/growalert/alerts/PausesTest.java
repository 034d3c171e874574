package io.growalert.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The process is stopped and continued, as by SIGSTOP, a long garbage collection or a suspended laptop. */
class PausesTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final Recorder recorder = new Recorder();
    private final ManualMonitors monitors =
            Monitors.builder().listener(recorder).manual(NOON);

    @Test
    void a_check_under_way_has_the_time_left_that_it_had_before_the_pause() {
        add("a", () -> {
            monitors.tick(Duration.ofMillis(2_100));
            monitors.freeze(Duration.ofSeconds(20));
            monitors.tick(Duration.ofMillis(899));
        });

        monitors.tick(Duration.ofHours(1));

        assertThat(recorder.results()).containsExactly(CheckOutcome.passed());
    }

    @Test
    void a_check_under_way_times_out_once_it_has_used_up_the_rest_of_its_time() {
        var reported = new ArrayList<Integer>();
        add("a", () -> {
            monitors.tick(Duration.ofMillis(2_100));
            monitors.freeze(Duration.ofSeconds(20));
            monitors.tick(Duration.ofMillis(899));
            reported.add(recorder.runs().size());
            monitors.tick(Duration.ofMillis(2));
            reported.add(recorder.runs().size());
        });

        monitors.tick(Duration.ofHours(1));

        assertThat(reported).containsExactly(0, 1);

        assertThat(recorder.results())
                .singleElement()
                .isInstanceOfSatisfying(CheckOutcome.Failed.class, failed -> assertThat(failed.isTimeout())
                        .isTrue());
    }

    @Test
    void two_pauses_add_up() {
        add("a", () -> {
            for (int pause = 0; pause < 2; pause++) {
                monitors.tick(Duration.ofSeconds(1));
                monitors.freeze(Duration.ofSeconds(8));
            }
        });

        monitors.tick(Duration.ofHours(1));

        assertThat(recorder.results()).containsExactly(CheckOutcome.passed());
    }

    @Test
    void a_check_that_begins_after_the_pause_has_its_timeout_and_no_more() {
        var time = new ManualTime(NOON);
        var scheduler = new Scheduler(time);
        var monitor = monitor("a", () -> {});
        scheduler.add(monitor, Timetable.first(monitor, NOON.toEpochMilli()));
        time.advance(scheduler.nanosToNext());
        var execution = Objects.requireNonNull((Due.Start) scheduler.poll()).execution();
        time.freeze(Duration.ofSeconds(20).toNanos());

        assertThat(scheduler.begin(execution)).isTrue();
        assertThat(scheduler.poll()).isNull();
        time.advance(TIMEOUT.toNanos());

        assertThat(scheduler.poll()).isEqualTo(new Due.TimedOut(execution));
    }

    @Test
    void the_slots_of_a_pause_are_missed_and_the_late_ones_start_one_after_another() {
        for (int number = 0; number < 200; number++) {
            monitors.add(Monitor.named("monitor-" + number)
                    .check(context -> CheckOutcome.passed())
                    .every(Duration.ofSeconds(1))
                    .build());
        }
        monitors.tick(Duration.ofSeconds(1));
        assertThat(recorder.runs()).hasSize(200);

        monitors.freeze(Duration.ofSeconds(40));
        int atOnce = recorder.runs().size() - 200;
        monitors.tick(Duration.ofMillis(999));

        assertThat(atOnce).isLessThan(10);
        assertThat(recorder.runs().subList(200, 400).stream().map(Run::monitor).distinct())
                .hasSize(200);
        assertThat(recorder.missed().subList(200, 400)).allMatch(missed -> missed == 39 || missed == 40);
    }

    @Test
    void a_short_delay_of_the_scheduler_is_no_pause() {
        var timedOut = new AtomicBoolean();
        add("a", () -> {
            monitors.tick(Duration.ofMillis(2_100));
            monitors.freeze(Duration.ofMillis(950));
            timedOut.set(!recorder.runs().isEmpty());
        });

        monitors.tick(Duration.ofHours(1));

        assertThat(timedOut).isTrue();
    }

    @Test
    void time_passes_between_two_passes_that_have_nothing_to_do() {
        var durations = new ArrayList<Duration>();
        add("a", () -> {
            monitors.tick(Duration.ofSeconds(10));
            durations.add(recorder.runs().getFirst().duration());
        });

        monitors.tick(Duration.ofHours(1));

        assertThat(durations).containsExactly(TIMEOUT);
    }

    private void add(String name, Runnable work) {
        monitors.add(monitor(name, work));
    }

    private static Monitor monitor(String name, Runnable work) {
        return Monitor.named(name)
                .check(context -> {
                    work.run();
                    return CheckOutcome.passed();
                })
                .every(Duration.ofHours(1))
                .timeout(TIMEOUT)
                .build();
    }
}
