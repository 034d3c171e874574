package io.growalert.evaluation.alert;

import static io.growalert.evaluation.alert.Co2Monitor.AT_ONCE;
import static io.growalert.evaluation.alert.Co2Monitor.EVERY;
import static io.growalert.evaluation.alert.Co2Monitor.error;
import static io.growalert.evaluation.alert.Co2Monitor.failingFor;
import static io.growalert.evaluation.alert.Co2Monitor.monitor;
import static io.growalert.evaluation.alert.Co2Monitor.policy;
import static io.growalert.evaluation.alert.Co2Monitor.repeating;
import static io.growalert.evaluation.alert.Co2Monitor.room;
import static io.growalert.evaluation.alert.Co2Monitor.run;
import static io.growalert.evaluation.alert.Co2Monitor.runningEvery;
import static io.growalert.evaluation.alert.Co2Monitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A monitor that is paused for 1,000 slots, nearly three hours; it is silent after a minute otherwise. */
class PausedStateTest {
    private static final int RESUMED = 1_000;

    private final MemoryJournal journal = new MemoryJournal();
    private Listening listening = new Listening();
    private Instant now = slot(0);
    private Duration ownAlertDelay = Duration.ZERO;

    private MonitorState started(MonitorDefinition definition) {
        listening = new Listening();
        listening.start(now);
        return new MonitorState(
                new CompiledDefinition(definition, Summary.PLAIN), journal, listening, ownAlertDelay, now);
    }

    private void onTime(MonitorState monitor, CheckResult run) {
        until(run.slot(), () -> monitor.listen(now));
        monitor.resume();
        monitor.observe(run, now);
    }

    private void pauseUntil(MonitorState monitor, Instant end) {
        until(end, () -> monitor.pause(now));
    }

    private void until(Instant end, Runnable each) {
        while (now.isBefore(end)) {
            now = now.plusSeconds(1);
            listening.tick(now, true);
            each.run();
        }
    }

    private List<String> published() {
        var events = journal.published.stream()
                .map(event -> "%s %s %s"
                        .formatted(
                                event.type().wire(),
                                String.join(" ", event.series().values()),
                                event.reason())
                        .replace("  ", " "))
                .toList();
        journal.published.clear();
        return events;
    }

    @Test
    void is_not_silent_and_waits_its_whole_time_from_the_end_of_the_pause() {
        var monitor = started(monitor(AT_ONCE));
        onTime(monitor, run(0, room("r1", 500)));

        pauseUntil(monitor, slot(RESUMED));
        until(slot(RESUMED).plusSeconds(59), () -> monitor.listen(now));
        assertThat(published()).isEmpty();
        until(slot(RESUMED).plusSeconds(61), () -> monitor.listen(now));

        assertThat(published()).containsExactly("firing no results for 1m");
    }

    @Test
    void an_open_incident_stays_is_not_reminded_of_and_resolves_after_the_pause() {
        var monitor = started(monitor(repeating(AT_ONCE, Duration.ofMinutes(10))));
        onTime(monitor, run(0, room("r1", 1200)));
        assertThat(published()).hasSize(1);

        pauseUntil(monitor, slot(RESUMED));
        assertThat(published()).isEmpty();
        onTime(monitor, run(RESUMED, room("r1", 500)));

        assertThat(published()).containsExactly("resolved r1 passed");
    }

    @Test
    void an_open_silence_is_not_reminded_of_and_resolves_with_the_first_result() {
        var monitor = started(monitor(repeating(AT_ONCE, Duration.ofMinutes(10))));
        onTime(monitor, run(0, room("r1", 500)));
        until(slot(10), () -> monitor.listen(now));
        assertThat(published()).containsExactly("firing no results for 1m");

        pauseUntil(monitor, slot(RESUMED));
        onTime(monitor, run(RESUMED, room("r1", 500)));

        assertThat(published()).containsExactly("resolved results arrive again");
    }

    @Test
    void failures_before_and_after_the_pause_are_not_consecutive() {
        var monitor = started(monitor(policy(2, 1)));
        onTime(monitor, run(0, room("r1", 1200)));

        pauseUntil(monitor, slot(RESUMED));
        onTime(monitor, run(RESUMED, room("r1", 1200)));
        assertThat(published()).isEmpty();
        onTime(monitor, run(RESUMED + 1, room("r1", 1200)));

        assertThat(published()).containsExactly("firing r1 2 consecutive results above 1000");
    }

    @Test
    void a_failure_that_arrives_during_the_pause_does_not_begin_a_duration() {
        var monitor = started(monitor(failingFor(Duration.ofMinutes(5))));
        onTime(monitor, run(0, room("r1", 500)));
        pauseUntil(monitor, slot(2));
        monitor.observe(run(2, room("r1", 1200)), now);

        pauseUntil(monitor, slot(RESUMED));
        onTime(monitor, run(RESUMED, room("r1", 1200)));

        assertThat(published()).isEmpty();
    }

    @Test
    void a_series_that_was_absent_before_the_pause_is_no_data_only_by_what_follows() {
        var monitor = started(monitor(policy(2, 1)));
        onTime(monitor, run(0, room("r1", 500), room("r2", 500)));
        onTime(monitor, run(1, room("r1", 500)));

        pauseUntil(monitor, slot(10 * RESUMED));
        onTime(monitor, run(10 * RESUMED, room("r1", 500)));
        assertThat(published()).as("neither no data nor forgotten").isEmpty();
        onTime(monitor, run(10 * RESUMED + 1, room("r1", 500)));

        assertThat(published()).containsExactly("firing r2 no data in 2 consecutive runs");
    }

    @Test
    void trouble_of_the_monitor_itself_does_not_fire_by_the_time_of_the_pause() {
        ownAlertDelay = Duration.ofSeconds(30);
        var monitor = started(runningEvery(Duration.ofMinutes(5), monitor(AT_ONCE)));
        onTime(monitor, error(0));

        pauseUntil(monitor, slot(RESUMED));
        until(slot(RESUMED + 5), () -> monitor.listen(now));

        assertThat(published()).isEmpty();
    }

    @Test
    void a_rare_monitor_that_was_paused_for_long_is_not_silent_after_a_restart() {
        var rare = runningEvery(Duration.ofHours(1), monitor(AT_ONCE));
        var monitor = started(rare);
        onTime(monitor, run(0, room("r1", 500)));
        pauseUntil(monitor, now.plus(Duration.ofDays(2)));

        var restarted = started(rare);
        until(now.plus(Duration.ofMinutes(150)), () -> restarted.listen(now));

        assertThat(published()).isEmpty();
    }

    @Test
    void a_restart_during_the_pause_changes_nothing() {
        var definition = monitor(repeating(policy(2, 1), Duration.ofMinutes(10)));
        var monitor = started(definition);
        onTime(monitor, run(0, room("r1", 1200)));
        onTime(monitor, run(1, room("r1", 1200), room("r2", 1200)));
        assertThat(published()).hasSize(1);
        pauseUntil(monitor, slot(RESUMED / 2));

        var restarted = started(definition);
        pauseUntil(restarted, slot(RESUMED));
        onTime(restarted, run(RESUMED, room("r1", 500), room("r2", 1200)));

        assertThat(published()).containsExactly("resolved r1 passed");
    }

    @Test
    void a_change_is_stored_at_the_beginning_and_the_end_of_a_pause_only() {
        var monitor = started(monitor(policy(2, 1)));
        onTime(monitor, run(0, room("r1", 1200)));
        pauseUntil(monitor, now.plus(EVERY));
        int writes = journal.writes;

        pauseUntil(monitor, slot(RESUMED));

        assertThat(journal.writes).isEqualTo(writes);
    }
}
