package io.growalert.evaluation.alert;

import static io.growalert.evaluation.alert.Co2Monitor.AT_ONCE;
import static io.growalert.evaluation.alert.Co2Monitor.EVERY;
import static io.growalert.evaluation.alert.Co2Monitor.MONITOR;
import static io.growalert.evaluation.alert.Co2Monitor.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A pushed monitor whose results two instances publish, each with its own series, and with clocks that differ. */
class PushedMonitorTest {
    private static final Duration BEHIND = Duration.ofSeconds(3);
    /** A pushed monitor of this interval is silent, and its series absent, after a minute. */
    private static final int ABSENT_AFTER = 6;

    private final MemoryJournal journal = new MemoryJournal();
    private MonitorState monitor = started(OnMissing.FAIL);

    private MonitorState started(OnMissing noData) {
        var definition = new MonitorDefinition(
                MONITOR,
                "test",
                EVERY,
                Duration.ofSeconds(5),
                MonitorDefinition.PUSH,
                null,
                "",
                null,
                null,
                null,
                noData,
                OnMissing.FAIL,
                AT_ONCE,
                Map.of(),
                null,
                null,
                null);
        assertThat(definition.pushed()).isTrue();
        var compiled = new CompiledDefinition(definition, Summary.PLAIN);
        return new MonitorState(compiled, journal, new Listening(), Duration.ZERO, Instant.EPOCH);
    }

    @Test
    void each_instance_is_judged_at_its_own_slots() {
        publish("a", 0, Duration.ZERO, Status.PASSED);
        publish("b", 0, BEHIND, Status.PASSED);
        publish("a", 1, Duration.ZERO, Status.PASSED);
        publish("b", 1, BEHIND, Status.FAILED);
        publish("a", 2, Duration.ZERO, Status.PASSED);

        assertThat(events()).containsExactly("firing b full");

        publish("b", 2, BEHIND, Status.PASSED);
        assertThat(events()).containsExactly("firing b full", "resolved b passed");
    }

    @Test
    void an_instance_that_ended_is_no_data_after_the_time_for_silence_and_resolves_when_it_is_back() {
        publish("b", 0, BEHIND, Status.PASSED);
        for (int slot = 0; slot <= ABSENT_AFTER - 1; slot++) {
            publish("a", slot, Duration.ZERO, Status.PASSED);
        }
        assertThat(events()).isEmpty();

        publish("a", ABSENT_AFTER, Duration.ZERO, Status.PASSED);
        assertThat(events()).containsExactly("firing b no data");

        publish("b", ABSENT_AFTER + 1, BEHIND, Status.PASSED);
        assertThat(events()).containsExactly("firing b no data", "resolved b passed");
    }

    @Test
    void after_a_restart_an_instance_has_the_time_for_silence_again() {
        publish("a", 0, Duration.ZERO, Status.PASSED);
        publish("b", 0, BEHIND, Status.PASSED);

        monitor = started(OnMissing.FAIL);
        publish("a", 1_000, Duration.ZERO, Status.PASSED);
        publish("b", 1_000, BEHIND, Status.PASSED);

        assertThat(events()).isEmpty();
    }

    @Test
    void an_instance_that_stays_away_is_forgotten() {
        publish("b", 0, BEHIND, Status.PASSED);
        for (int slot = 0; slot <= 24 * 360 + 4 * ABSENT_AFTER; slot++) {
            publish("a", slot, Duration.ZERO, Status.PASSED);
        }

        assertThat(events()).containsExactly("firing b no data", "resolved b not seen for 1d");
    }

    @Test
    void with_nodata_ignore_an_absent_instance_is_no_alert() {
        monitor = started(OnMissing.IGNORE);
        publish("b", 0, BEHIND, Status.PASSED);
        for (int slot = 0; slot <= 2 * ABSENT_AFTER; slot++) {
            publish("a", slot, Duration.ZERO, Status.PASSED);
        }

        assertThat(events()).isEmpty();
    }

    private void publish(String instance, int slot, Duration behind, Status status) {
        var at = START.plus(EVERY.multipliedBy(slot)).minus(behind);
        var reason = status == Status.FAILED ? "full" : null;
        var series = new SeriesResult(Map.of("instance", instance), 1, status, reason);
        var result = new CheckResult(MONITOR, at, at, 0, status, 0, 1, 1, Map.of(), List.of(series), null, null);
        monitor.observe(result, START.plus(EVERY.multipliedBy(slot)));
    }

    private List<String> events() {
        return journal.published.stream().map(PushedMonitorTest::text).toList();
    }

    private static String text(AlertEvent event) {
        return "%s %s %s".formatted(event.type().wire(), event.series().get("instance"), event.reason());
    }
}
