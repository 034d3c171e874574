package io.growalert.evaluation.alert;

import static io.growalert.evaluation.alert.Co2Monitor.AT_ONCE;
import static io.growalert.evaluation.alert.Co2Monitor.error;
import static io.growalert.evaluation.alert.Co2Monitor.policy;
import static io.growalert.evaluation.alert.Co2Monitor.repeating;
import static io.growalert.evaluation.alert.Co2Monitor.room;
import static io.growalert.evaluation.alert.Co2Monitor.run;
import static io.growalert.evaluation.alert.Co2Monitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clocks that run ahead and are corrected. A slot is 10 s; so 300 slots are 50 minutes, and 720 are two hours. */
class ClockTest {
    private final MemoryJournal journal = new MemoryJournal();
    private final Listening listening = new Listening();
    private Instant now = slot(0);
    private int corrections;
    private MonitorState monitor = watched(AT_ONCE);

    private void define(AlertPolicy policy) {
        monitor = watched(policy);
        listening.start(now);
    }

    private MonitorState watched(AlertPolicy policy) {
        var definition = Co2Monitor.monitor(policy);
        return new MonitorState(
                new CompiledDefinition(definition, Summary.PLAIN), journal, listening, Duration.ZERO, Instant.EPOCH);
    }

    /** The result arrives at its slot's instant. */
    private void onTime(CheckResult run) {
        until(run.slot());
        corrections += monitor.observe(run, now).clockCorrected() ? 1 : 0;
    }

    private void until(Instant instant) {
        while (now.isBefore(instant)) {
            now = now.plusSeconds(1);
            tick();
        }
    }

    /** The wall clocks are set, without that much time going by. */
    private void setClock(Instant instant) {
        now = instant;
        tick();
    }

    private void tick() {
        listening.tick(now, true);
        monitor.listen(now);
    }

    private List<AlertEvent> alerts() {
        var events = List.copyOf(journal.published);
        journal.published.clear();
        return events;
    }

    private List<String> published() {
        return alerts().stream()
                .map(event -> "%s %s %s"
                        .formatted(
                                event.type().wire(),
                                String.join(" ", event.series().values()),
                                event.reason())
                        .replace("  ", " "))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 720})
    void results_are_judged_again_once_a_clock_that_ran_ahead_is_corrected(int ahead) {
        define(policy(2, 1));
        onTime(run(0, room("r1", 500)));
        setClock(slot(ahead));
        onTime(run(ahead, room("r1", 500)));
        setClock(slot(1));
        onTime(run(1, room("r1", 1200)));
        assertThat(published()).isEmpty();

        onTime(run(2, room("r1", 1200)));
        assertThat(published()).containsExactly("firing r1 2 consecutive results above 1000");
        assertThat(corrections).isOne();
    }

    @Test
    void an_incident_of_a_clock_that_ran_ahead_stays_open_and_is_reminded_of_from_the_correction_on() {
        define(repeating(AT_ONCE, Duration.ofSeconds(30)));
        setClock(slot(720));
        onTime(run(720, room("r1", 1200)));
        setClock(slot(1));
        onTime(run(1, room("r1", 1200)));
        onTime(run(4, room("r1", 1200)));
        onTime(run(5, room("r1", 500)));

        var events = alerts();
        assertThat(events).extracting(event -> event.type().wire()).containsExactly("firing", "reminder", "resolved");
        assertThat(events)
                .extracting(AlertEvent::incident)
                .containsOnly(events.getFirst().incident());
        assertThat(events.get(1).slot()).isEqualTo(slot(4));
        assertThat(events.get(1).reason()).startsWith("firing for 0s");
    }

    @Test
    void a_repeated_slot_names_no_incident_twice() {
        var events = new ArrayList<AlertEvent>();
        define(repeating(AT_ONCE, Duration.ofSeconds(10)));
        for (int round = 0; round < 3; round++) {
            setClock(slot(720));
            for (int i = 720; i < 724; i++) {
                onTime(run(i, room("r1", 1200)));
            }
            setClock(slot(round));
            onTime(run(round, room("r1", round == 1 ? 1200 : 500)));
            events.addAll(alerts());
        }

        assertThat(events).hasSizeGreaterThan(10);
        assertThat(events).extracting(AlertEvent::id).doesNotHaveDuplicates();
        assertThat(events.stream().filter(event -> event.type() == AlertEvent.Type.FIRING))
                .extracting(AlertEvent::incident)
                .doesNotHaveDuplicates();
    }

    @Test
    void a_monitor_that_is_defined_again_names_no_incident_of_a_clock_that_ran_ahead_twice() {
        define(AT_ONCE);
        setClock(slot(720));
        onTime(run(720, room("r1", 1200)));
        setClock(slot(1));
        monitor.remove(now);
        define(AT_ONCE);
        onTime(run(1, room("r1", 500)));
        onTime(run(720, room("r1", 1200)));

        assertThat(alerts().stream()
                        .filter(event -> event.type() == AlertEvent.Type.FIRING)
                        .filter(event -> !event.series().isEmpty()))
                .hasSize(2)
                .extracting(AlertEvent::id)
                .doesNotHaveDuplicates();
    }

    @Test
    void the_own_alert_is_judged_again_too() {
        define(AT_ONCE);
        setClock(slot(720));
        onTime(run(720, room("r1", 500)));
        setClock(slot(1));
        onTime(error(1));

        assertThat(published()).containsExactly("firing ended in an error (timeout: no answer within 5s)");
    }

    @Test
    void a_silence_that_began_by_a_clock_ahead_ends_with_the_next_result() {
        define(AT_ONCE);
        setClock(slot(720));
        until(slot(727));
        setClock(slot(1));
        onTime(run(1, room("r1", 500)));
        onTime(error(2));

        assertThat(published())
                .containsExactly(
                        "firing no results for 1m",
                        "resolved results arrive again",
                        "firing ended in an error (timeout: no answer within 5s)");
    }

    @Test
    void a_clock_that_jumps_makes_no_monitor_silent() {
        define(AT_ONCE);
        onTime(run(0, room("r1", 500)));
        setClock(slot(720));
        until(slot(721));
        setClock(slot(1));
        until(slot(2));

        assertThat(published()).isEmpty();
    }

    @Test
    void results_that_are_ignored_as_old_do_not_hide_a_silence() {
        define(AT_ONCE);
        onTime(run(3, room("r1", 500)));
        for (int i = 4; i < 10; i++) {
            until(slot(i));
            monitor.observe(run(3, room("r1", 500)), now);
        }

        assertThat(published()).containsExactly("firing no results for 1m");
    }

    @Test
    void a_small_correction_repeats_nothing() {
        define(AT_ONCE);
        setClock(slot(6));
        onTime(run(6, room("r1", 1200)));
        setClock(slot(1));
        onTime(run(1, room("r1", 500)));
        onTime(run(7, room("r1", 500)));

        assertThat(published()).isEqualTo(List.of("firing r1 above 1000", "resolved r1 passed"));
    }

    /** The slots that come again are whole intervals apart, so the last one is never more than one ahead of them. */
    @ParameterizedTest
    @ValueSource(ints = {90, 119, 150})
    void a_monitor_with_a_longer_interval_is_judged_again_within_the_interval_and_a_minute(int secondsAhead) {
        var minutely = Co2Monitor.runningEvery(Duration.ofMinutes(1), Co2Monitor.monitor(AT_ONCE));
        monitor = new MonitorState(
                new CompiledDefinition(minutely, Summary.PLAIN), journal, listening, Duration.ZERO, Instant.EPOCH);
        var corrected = slot(0);
        var ahead = corrected.plusSeconds(secondsAhead);
        var last = slot(0);
        while (!last.plusSeconds(60).isAfter(ahead)) {
            last = last.plusSeconds(60);
        }
        observe(last, ahead, 500);

        for (int minute = 1; minute <= 2; minute++) {
            var slot = corrected.plusSeconds(60L * minute);
            observe(slot, slot.plusMillis(20), 1200);
        }

        assertThat(published()).containsExactly("firing r1 above 1000");
    }

    private void observe(Instant slot, Instant appended, double value) {
        monitor.observe(Co2Monitor.result(Co2Monitor.MONITOR, slot, 1, 1, List.of(room("r1", value)), null), appended);
    }
}
