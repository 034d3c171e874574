package io.growalert.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final Recorder recorder = new Recorder();
    private final ManualMonitors monitors =
            Monitors.builder().listener(recorder).manual(NOON);
    /** The first slot of monitor "a" after noon. */
    private final Instant first = firstSlot("a");

    @Test
    void a_monitor_runs_once_on_each_slot() {
        monitors.add(every10s("a"));

        monitors.tick(Duration.ofMinutes(1));

        assertThat(recorder.secondsSince(first)).containsExactly(0L, 10L, 20L, 30L, 40L, 50L);
        assertThat(recorder.missed()).containsOnly(0L);
        assertThat(recorder.runs()).allSatisfy(run -> {
            assertThat(run.startedAt()).isEqualTo(run.slot());
            assertThat(run.monitor()).isEqualTo("a");
        });
    }

    @Test
    void slots_are_the_same_on_every_instance_and_after_a_restart() {
        var other = new Recorder();
        var later = Monitors.builder().listener(other).manual(NOON.plusSeconds(33));
        monitors.add(every10s("a"));
        later.add(every10s("a"));

        monitors.tick(NOON.plusSeconds(60));
        later.tick(NOON.plusSeconds(60));

        assertThat(other.runs().stream().map(Run::slot))
                .isNotEmpty()
                .isSubsetOf(recorder.runs().stream().map(Run::slot).toList());
    }

    @Test
    void the_hash_never_changes() {
        assertThat(Every.hash("")).isEqualTo(0xefd01f60ba992926L);
        assertThat(Every.hash("room-co2")).isEqualTo(0x921125185c9df74cL);
        assertThat(new Every(30_000).timetable("room-co2").base()).isEqualTo(8956);
    }

    @Test
    void names_that_differ_in_their_last_character_are_spread_evenly() {
        var perSecond = new int[10];
        for (int i = 0; i < 10_000; i++) {
            perSecond[(int) (new Every(10_000).timetable("monitor-" + i).base() / 1000)]++;
        }

        assertThat(Arrays.stream(perSecond)).allMatch(count -> count > 900 && count < 1100);
    }

    @Test
    void another_interval_counts_from_the_start_of_the_last_run_and_sees_how_it_went() {
        var outcomes = new ArrayList<>(
                List.of(CheckOutcome.passed(), CheckOutcome.failed(), CheckOutcome.failed(), CheckOutcome.passed()));
        monitors.add(Monitor.named("a")
                .check(context -> outcomes.isEmpty() ? CheckOutcome.passed() : outcomes.removeFirst())
                .interval(history -> history.consecutiveFailures() > 0 ? Duration.ofSeconds(2) : TEN_SECONDS)
                .build());

        monitors.tick(Duration.ofSeconds(50));

        var start = recorder.runs().getFirst().slot();
        assertThat(start).isBetween(NOON, NOON.plusSeconds(10));
        assertThat(recorder.secondsSince(start).subList(0, 5)).containsExactly(0L, 10L, 12L, 14L, 24L);
        assertThat(recorder.missed()).containsOnly(0L);
    }

    @Test
    void an_interval_that_throws_or_answers_nonsense_leaves_the_last_one_and_is_reported() {
        var outcomes = new ArrayList<>(List.of(TEN_SECONDS, Duration.ZERO, Duration.ofDays(1000), TEN_SECONDS));
        monitors.add(Monitor.named("a")
                .check(context -> CheckOutcome.passed())
                .interval(history -> outcomes.removeFirst())
                .build());

        monitors.tick(Duration.ofMinutes(1));

        assertThat(recorder.secondsSince(recorder.runs().getFirst().slot())).startsWith(0L, 10L, 20L, 30L, 40L);
        assertThat(recorder.problems()).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void a_clock_set_back_runs_no_slot_twice_and_none_is_lost() {
        monitors.add(every10s("a"));
        monitors.tick(first.plusSeconds(21));

        monitors.setClock(first.plusSeconds(5));
        monitors.tick(first.plusSeconds(41));

        assertThat(recorder.secondsSince(first)).containsExactly(0L, 10L, 20L, 30L, 40L);
        assertThat(recorder.missed()).containsOnly(0L);
    }

    @Test
    void a_clock_set_back_by_more_than_a_minute_was_wrong_and_silences_no_monitor() {
        monitors.add(every10s("a"));
        monitors.setClock(NOON.plus(Duration.ofMinutes(50)));
        monitors.tick(TEN_SECONDS);
        int before = recorder.runs().size();

        monitors.setClock(NOON);
        monitors.tick(first.plusSeconds(11));

        assertThat(recorder.secondsSince(first).subList(before, before + 2)).containsExactly(0L, 10L);
        assertThat(recorder.missed().subList(before, before + 2)).containsOnly(0L);
    }

    @Test
    void a_clock_set_back_twice_by_less_than_a_minute_is_followed_when_the_sum_is_more() {
        monitors.add(every10s("a"));
        monitors.tick(first.plusSeconds(101));
        monitors.setClock(first.plusSeconds(51));
        int before = recorder.runs().size();

        monitors.setClock(first.plusSeconds(11));
        monitors.tick(first.plusSeconds(31));

        assertThat(recorder.secondsSince(first).subList(before, recorder.runs().size()))
                .containsExactly(20L, 30L);
    }

    @Test
    void a_run_under_way_when_the_clock_is_set_back_is_followed_by_the_slots_of_the_right_clock() {
        var corrected = new AtomicBoolean();
        monitors.add(Monitor.named("a")
                .check(context -> {
                    if (!corrected.getAndSet(true)) {
                        monitors.setClock(NOON);
                    }
                    return CheckOutcome.passed();
                })
                .every(TEN_SECONDS)
                .build());
        monitors.setClock(first.plus(Duration.ofHours(2)));

        monitors.tick(Duration.ofSeconds(3));

        assertThat(recorder.secondsSince(first)).startsWith(7200L, 0L, 10L);
    }

    @Test
    void a_clock_set_back_by_less_than_a_long_interval_neither_repeats_nor_skips_a_slot() {
        monitors.add(hourly("h"));
        var slot = Instant.ofEpochMilli(new Every(3_600_000).timetable("h").slotAfter(NOON.toEpochMilli()));
        monitors.tick(slot.plusSeconds(60));

        monitors.setClock(slot.minus(Duration.ofMinutes(49)));
        monitors.tick(slot.plus(Duration.ofMinutes(61)));

        assertThat(recorder.secondsSince(slot)).containsExactly(0L, 3600L);
        assertThat(recorder.missed()).containsOnly(0L);
    }

    @Test
    void a_clock_set_back_by_more_than_a_long_interval_starts_its_slots_anew() {
        monitors.add(hourly("h"));
        var slot = Instant.ofEpochMilli(new Every(3_600_000).timetable("h").slotAfter(NOON.toEpochMilli()));
        monitors.tick(slot.plus(Duration.ofHours(2)));

        monitors.setClock(slot.minusSeconds(60));
        monitors.tick(slot.plusSeconds(60));

        assertThat(recorder.secondsSince(slot)).containsExactly(0L, 3600L, 7200L, 0L);
    }

    @Test
    void a_clock_set_forward_by_hours_starts_the_late_runs_one_after_another() {
        for (int number = 0; number < 1000; number++) {
            monitors.add(hourly("monitor-" + number));
        }

        monitors.setClock(NOON.plus(Duration.ofHours(2)));
        int atOnce = recorder.runs().size();
        var most = 0;
        for (int second = 0; second < 30; second++) {
            int before = recorder.runs().size();
            monitors.tick(Duration.ofSeconds(1));
            most = Math.max(most, recorder.runs().size() - before);
        }

        assertThat(atOnce).isLessThan(5);
        assertThat(most).isLessThan(40);
        assertThat(recorder.runs())
                .as("half of them, those whose slot is less than half an interval ago, run all the same")
                .hasSizeBetween(450, 550)
                .allSatisfy(
                        run -> assertThat(run.startedAt()).isBefore(run.slot().plus(Duration.ofMinutes(30))));
    }

    @Test
    void a_clock_set_forward_runs_the_latest_slot_and_counts_the_others_as_missed() {
        monitors.add(every10s("a"));
        monitors.tick(first);

        monitors.setClock(first.plusSeconds(63));
        monitors.tick(first.plusSeconds(70));

        assertThat(recorder.secondsSince(first)).containsExactly(0L, 60L, 70L);
        assertThat(recorder.missed()).containsExactly(0L, 5L, 0L);
    }

    @Test
    void a_slot_more_than_half_an_interval_ago_is_missed_after_standing_still() {
        monitors.add(every10s("a"));
        monitors.tick(first);

        monitors.freeze(Duration.ofSeconds(66));
        monitors.tick(first.plusSeconds(70));

        assertThat(recorder.secondsSince(first)).containsExactly(0L, 70L);
        assertThat(recorder.missed()).containsExactly(0L, 6L);
    }

    @Test
    void a_run_that_takes_longer_than_the_interval_misses_the_slots_in_between() {
        monitors.add(Monitor.named("a")
                .check(context -> {
                    monitors.tick(Duration.ofSeconds(12));
                    return CheckOutcome.passed();
                })
                .every(TEN_SECONDS)
                .timeout(Duration.ofMinutes(1))
                .build());

        monitors.tick(first.plusSeconds(35));

        assertThat(recorder.secondsSince(first)).containsExactly(0L, 20L);
        assertThat(recorder.missed()).containsExactly(0L, 1L);
        assertThat(recorder.runs()).allSatisfy(run -> assertThat(run.duration()).hasSeconds(12));
    }

    @Test
    void nonsense_is_refused_with_a_reason() {
        var named = Monitor.named("a");
        assertThatThrownBy(named::build).hasMessage("monitor a has no check");
        named.check(context -> CheckOutcome.passed());
        assertThatThrownBy(named::build).hasMessage("monitor a has no interval");
        assertThatThrownBy(() -> named.every(Duration.ofNanos(5)))
                .hasMessage("an interval is 1 ms to 366 days long, not PT0.000000005S");
        assertThatThrownBy(() -> named.every(TEN_SECONDS).timeout(Duration.ZERO).build())
                .hasMessageContaining("a timeout is longer than zero");
        assertThatThrownBy(() -> Monitor.named(" ")
                        .check(context -> CheckOutcome.passed())
                        .every(TEN_SECONDS)
                        .build())
                .hasMessage("a monitor needs a name");
        assertThatThrownBy(() -> monitors.add(Monitor.named("b")
                        .check(context -> CheckOutcome.passed())
                        .interval(history -> Duration.ofSeconds(-1))
                        .build()))
                .hasMessageContaining("an interval is 1 ms to 366 days long");
    }

    private static Monitor every10s(String name) {
        return Monitor.named(name)
                .check(context -> CheckOutcome.passed())
                .every(TEN_SECONDS)
                .build();
    }

    private static Monitor hourly(String name) {
        return Monitor.named(name)
                .check(context -> CheckOutcome.passed())
                .every(Duration.ofHours(1))
                .build();
    }

    private static Instant firstSlot(String name) {
        return Instant.ofEpochMilli(new Every(10_000).timetable(name).slotAfter(NOON.toEpochMilli()));
    }
}
