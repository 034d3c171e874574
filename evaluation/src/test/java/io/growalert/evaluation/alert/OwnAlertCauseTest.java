package io.growalert.evaluation.alert;

import static io.growalert.evaluation.alert.Co2Monitor.AT_ONCE;
import static io.growalert.evaluation.alert.Co2Monitor.error;
import static io.growalert.evaluation.alert.Co2Monitor.monitor;
import static io.growalert.evaluation.alert.Co2Monitor.room;
import static io.growalert.evaluation.alert.Co2Monitor.run;
import static io.growalert.evaluation.alert.Co2Monitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertCause;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the alerts of monitors themselves have in common. */
class OwnAlertCauseTest {
    private final MemoryJournal journal = new MemoryJournal();
    private final Listening listening = new Listening();
    private final MonitorState monitor;
    private Instant now = slot(0);

    OwnAlertCauseTest() {
        listening.start(now);
        monitor = new MonitorState(
                new CompiledDefinition(monitor(AT_ONCE), Summary.PLAIN), journal, listening, Duration.ZERO, now);
    }

    @Test
    void an_error_is_caused_by_the_source_of_the_monitor_from_its_firing_to_its_resolution() {
        monitor.observe(error(0), slot(0));
        monitor.observe(run(1, room("r1", 500)), slot(1));

        assertThat(journal.published)
                .extracting(event -> event.type() + " " + event.cause())
                .containsExactly(
                        "FIRING " + new AlertCause(AlertCause.Kind.SOURCE, "farm-db"),
                        "RESOLVED " + new AlertCause(AlertCause.Kind.SOURCE, "farm-db"));
    }

    @Test
    void a_silence_is_caused_by_the_instance_that_published_the_last_result() {
        monitor.observe(from("farm-1", run(0, room("r1", 500))), slot(0));
        monitor.observe(from("farm-2", run(1, room("r1", 500))), slot(1));
        listen(Duration.ofMinutes(5));

        assertThat(journal.published).extracting(AlertEvent::cause).containsExactly(instance("farm-2"));
    }

    @Test
    void a_silence_after_results_without_an_instance_is_caused_by_an_unknown_one() {
        monitor.observe(run(0, room("r1", 500)), slot(0));
        listen(Duration.ofMinutes(5));

        assertThat(journal.published).extracting(AlertEvent::cause).containsExactly(instance(AlertCause.UNKNOWN));
    }

    @Test
    void the_alert_of_a_series_has_no_cause() {
        monitor.observe(run(0, room("r1", 1_500)), slot(0));

        assertThat(journal.published).extracting(AlertEvent::cause).containsOnlyNulls();
        assertThat(journal.published).hasSize(1);
    }

    private void listen(Duration time) {
        var until = now.plus(time);
        while (now.isBefore(until)) {
            now = now.plusSeconds(1);
            listening.tick(now, true);
            monitor.listen(now);
        }
    }

    private static AlertCause instance(String name) {
        return new AlertCause(AlertCause.Kind.INSTANCE, name);
    }

    private static CheckResult from(@Nullable String instance, CheckResult like) {
        return new CheckResult(
                like.monitor(),
                like.slot(),
                like.startedAt(),
                like.durationMs(),
                like.status(),
                like.missedSlots(),
                like.part(),
                like.parts(),
                like.labels(),
                like.series(),
                like.error(),
                like.dropped(),
                instance);
    }
}
