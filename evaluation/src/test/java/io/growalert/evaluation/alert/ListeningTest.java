package io.growalert.evaluation.alert;

import static io.growalert.evaluation.alert.Co2Monitor.AT_ONCE;
import static io.growalert.evaluation.alert.Co2Monitor.monitor;
import static io.growalert.evaluation.alert.Co2Monitor.room;
import static io.growalert.evaluation.alert.Co2Monitor.runningEvery;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The time in which results could arrive. */
class ListeningTest {
    private final MemoryJournal journal = new MemoryJournal();
    private Listening listening = new Listening();
    private Instant now = Co2Monitor.START;

    private MonitorState start(Duration every, Instant listened) {
        var definition = runningEvery(every, monitor(AT_ONCE));
        listening = new Listening();
        listening.start(now);
        return new MonitorState(
                new CompiledDefinition(definition, Summary.PLAIN), journal, listening, Duration.ZERO, listened);
    }

    private void listen(MonitorState monitor, Duration time) {
        var until = now.plus(time);
        while (now.isBefore(until)) {
            now = now.plusSeconds(1);
            listening.tick(now, true);
            monitor.listen(now);
        }
    }

    private void result(MonitorState monitor) {
        monitor.observe(Co2Monitor.result(Co2Monitor.MONITOR, now, 1, 1, List.of(room("r1", 500)), null), now);
    }

    @Test
    void a_restart_does_not_start_the_wait_of_a_rare_monitor_again() {
        var monitor = start(Duration.ofHours(1), Instant.EPOCH);
        result(monitor);
        for (int restarts = 0; restarts < 6; restarts++) {
            listen(monitor, Duration.ofMinutes(29));
            monitor = start(Duration.ofHours(1), now);
        }
        listen(monitor, Duration.ofMinutes(6));
        assertThat(journal.published).isEmpty();

        listen(monitor, Duration.ofMinutes(2));
        assertThat(journal.published).extracting(AlertEvent::reason).containsExactly("no results for 3h5s");
    }

    @Test
    void the_time_in_which_nothing_ran_does_not_count() {
        var monitor = start(Duration.ofHours(1), Instant.EPOCH);
        result(monitor);
        listen(monitor, Duration.ofMinutes(10));
        var listened = now;
        now = now.plus(Duration.ofDays(2));
        monitor = start(Duration.ofHours(1), listened);
        listen(monitor, Duration.ofMinutes(170));
        assertThat(journal.published).isEmpty();

        listen(monitor, Duration.ofMinutes(1));
        assertThat(journal.published).hasSize(1);
    }

    @Test
    void a_paused_process_is_no_silence() {
        var monitor = start(Duration.ofSeconds(1), Instant.EPOCH);
        for (int pauses = 0; pauses < 10; pauses++) {
            result(monitor);
            listen(monitor, Duration.ofSeconds(20));
            now = now.plusSeconds(40);
            listen(monitor, Duration.ofSeconds(15));
        }

        assertThat(journal.published).isEmpty();
    }

    @Test
    void late_results_postpone_a_decision_for_a_bounded_time() {
        for (int i = 0; i < 119; i++) {
            now = now.plusSeconds(1);
            listening.tick(now, true);
            listening.late();
            assertThat(listening.isPostponed()).isTrue();
        }
        for (int i = 0; i < 600; i++) {
            now = now.plusSeconds(1);
            listening.tick(now, true);
            listening.late();
        }
        assertThat(listening.isPostponed()).isFalse();
    }

    @Test
    void what_is_stored_of_a_rare_monitor_is_coarse() {
        var monitor = start(Duration.ofMinutes(2), Instant.EPOCH);
        result(monitor);
        int writes = journal.writes;
        for (int i = 0; i < 10; i++) {
            listen(monitor, Duration.ofMinutes(2));
            result(monitor);
        }
        assertThat(journal.writes - writes).isEqualTo(10);

        var frequent = start(Duration.ofSeconds(10), Instant.EPOCH);
        result(frequent);
        int before = journal.writes;
        listen(frequent, Duration.ofSeconds(10));
        result(frequent);
        assertThat(journal.writes).isEqualTo(before);
    }
}
