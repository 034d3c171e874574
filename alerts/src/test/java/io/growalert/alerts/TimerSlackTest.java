package io.growalert.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How long the scheduler waits for its next pass. */
class TimerSlackTest {
    private static final long START = 1_000_000;

    private final ManualTime time = new ManualTime(Instant.ofEpochMilli(START));
    private final Scheduler scheduler = new Scheduler(time);

    /** @param next milliseconds from now to its first slot */
    private void add(String name, long interval, long next) {
        var monitor = Monitor.named(name)
                .check(context -> CheckOutcome.passed())
                .every(Duration.ofMillis(interval))
                .timeout(Duration.ofMillis(3))
                .build();
        scheduler.add(monitor, new Timetable(START + next, interval));
    }

    private Duration pass() {
        return Duration.ofNanos(scheduler.nanosToPass());
    }

    @Test
    void a_lone_slot_is_awaited_exactly_and_for_a_quarter_of_a_second_at_most() {
        add("a", 1_000, 40);
        assertThat(pass()).isEqualTo(Duration.ofMillis(40));

        var later = new Scheduler(new ManualTime(Instant.ofEpochMilli(START)));
        assertThat(Duration.ofNanos(later.nanosToPass())).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void slots_within_ten_milliseconds_are_started_together() {
        add("a", 1_000, 2);
        add("b", 60_000, 9);

        assertThat(pass()).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void no_slot_waits_longer_than_a_hundredth_of_the_shortest_interval() {
        add("a", 1_000, 2);
        add("b", 500, 400);

        assertThat(pass()).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void a_deadline_is_never_awaited_longer() {
        add("a", 1_000, 1);
        time.advance(1_000_000);
        var due = scheduler.poll();
        assertThat(due).isInstanceOfSatisfying(Due.Start.class, start -> scheduler.begin(start.execution()));

        assertThat(pass()).isEqualTo(Duration.ofMillis(3));
    }
}
