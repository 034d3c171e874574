package io.growalert.evaluation.alert;

import static io.growalert.evaluation.alert.Co2Monitor.AT_ONCE;
import static io.growalert.evaluation.alert.Co2Monitor.failingFor;
import static io.growalert.evaluation.alert.Co2Monitor.forgetting;
import static io.growalert.evaluation.alert.Co2Monitor.policy;
import static io.growalert.evaluation.alert.Co2Monitor.repeating;
import static io.growalert.evaluation.alert.Co2Monitor.room;
import static io.growalert.evaluation.alert.Co2Monitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckResult;
import io.growalert.events.OnMissing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Slots are 10 s apart. F failed, D degraded, P passed, - absent, . no run. An event is written as the number of its
 * slot, its type's first letters and its reason.
 */
class SeriesDecisionTest {
    @ParameterizedTest(name = "{0} after={1} resolveAfter={2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            F      | 1 | 1 | 0 firing above 1000
            FF     | 1 | 1 | 0 firing above 1000
            FPF    | 1 | 1 | 0 firing above 1000; 1 resolved passed; 2 firing above 1000
            FF     | 3 | 1 |
            FFF    | 3 | 1 | 2 firing 3 consecutive results above 1000
            FFPFFF | 3 | 1 | 5 firing 3 consecutive results above 1000
            FFDFFF | 3 | 1 | 5 firing 3 consecutive results above 1000
            F..FF  | 3 | 1 | 4 firing 3 consecutive results above 1000
            FPP    | 1 | 2 | 0 firing above 1000; 2 resolved 2 consecutive results passed
            FPFPP  | 1 | 2 | 0 firing above 1000; 4 resolved 2 consecutive results passed
            FPD    | 1 | 2 | 0 firing above 1000; 2 resolved 2 consecutive results passed, the last one degraded: above 800
            FD     | 1 | 1 | 0 firing above 1000; 1 resolved passed, the last one degraded: above 800
            PPDP   | 1 | 1 |
            P---   | 3 | 1 | 3 firing no data in 3 consecutive runs
            P--P-- | 3 | 1 |
            P-P    | 1 | 1 | 1 firing no data; 2 resolved passed
            F-F-F  | 3 | 1 | 4 firing 3 consecutive results above 1000
            F-FP-F | 3 | 1 |
            FP-PP  | 1 | 2 | 0 firing above 1000; 4 resolved 2 consecutive results passed
            F-     | 1 | 1 | 0 firing above 1000
            """)
    void counts_consecutive_results(String runs, int after, int resolveAfter, String expected) {
        assertThat(events(runs, policy(after, resolveAfter), OnMissing.FAIL)).isEqualTo(list(expected));
    }

    @ParameterizedTest(name = "{0} for={1}s: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            FFFF  | 30 | 3 firing failed for 30s: above 1000
            FFPFF | 30 |
            F..F  | 30 | 3 firing failed for 30s: above 1000
            FF    | 5  | 1 firing failed for 5s: above 1000
            F-FF  | 30 | 3 firing failed for 30s: above 1000
            P---- | 30 | 4 firing no data for 30s
            P-P-- | 30 |
            """)
    void measures_for_in_slot_time(String runs, int seconds, String expected) {
        assertThat(events(runs, failingFor(Duration.ofSeconds(seconds)), OnMissing.FAIL))
                .isEqualTo(list(expected));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            FFFFFFF | 0 firing above 1000; 3 reminder firing for 30s: above 1000; 6 reminder firing for 1m: above 1000
            F....F  | 0 firing above 1000; 5 reminder firing for 50s: above 1000
            FFFP    | 0 firing above 1000; 3 resolved passed
            F---    | 0 firing above 1000; 3 reminder firing for 30s: no data
            """)
    void reminds_when_a_result_arrives_and_the_repeat_has_passed(String runs, String expected) {
        assertThat(events(runs, repeating(AT_ONCE, Duration.ofSeconds(30)), OnMissing.FAIL))
                .isEqualTo(list(expected));
    }

    @Test
    void reminds_of_an_incident_that_is_about_to_pass() {
        var policy = repeating(policy(1, 3), Duration.ofSeconds(20));

        assertThat(events("FPP", policy, OnMissing.FAIL))
                .containsExactly("0 firing above 1000", "2 reminder firing for 20s: 2 of 3 results passed");
    }

    @ParameterizedTest(name = "{0} noData={1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            P----- | IGNORE   |
            P----- | DEGRADED |
            F--    | IGNORE   | 0 firing above 1000
            F--P   | DEGRADED | 0 firing above 1000; 3 resolved passed
            """)
    void neither_fires_nor_resolves_for_an_absent_series_whose_absence_is_no_failure(
            String runs, OnMissing noData, String expected) {
        assertThat(events(runs, AT_ONCE, noData)).isEqualTo(list(expected));
    }

    @Test
    void keeps_counting_passes_across_an_absence_that_is_no_failure() {
        assertThat(events("FP-P", policy(1, 2), OnMissing.IGNORE))
                .containsExactly("0 firing above 1000", "3 resolved 2 consecutive results passed");
    }

    @ParameterizedTest(name = "{0} noData={1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            F-------- | IGNORE | 0 firing above 1000; 7 resolved not seen for 1m
            P-------- | FAIL   | 1 firing no data; 7 resolved not seen for 1m
            P-------- | IGNORE |
            F---P---F | IGNORE | 0 firing above 1000; 4 resolved passed; 8 firing above 1000
            """)
    void forgets_a_series_that_stays_away_and_resolves_its_incident(String runs, OnMissing noData, String expected) {
        assertThat(events(runs, forgetting(AT_ONCE, Duration.ofMinutes(1)), noData))
                .isEqualTo(list(expected));
    }

    @Test
    void does_not_change_for_healthy_results_long_failures_and_long_absences() {
        var journal = new MemoryJournal();
        var monitor = watched(policy(2, 2), OnMissing.FAIL, journal);
        feed(monitor, "FF");
        int whileFiring = journal.writes;
        feed(monitor, "..FFFFFFF");
        assertThat(journal.writes).isEqualTo(whileFiring);

        feed(monitor, ".........PPP");
        int whenHealthy = journal.writes;
        feed(monitor, "............PDPDP");
        assertThat(journal.writes).isEqualTo(whenHealthy);

        feed(monitor, "..................---");
        int whenAway = journal.writes;
        feed(monitor, ".....................------");
        assertThat(journal.writes).isEqualTo(whenAway);
    }

    private static MonitorState watched(AlertPolicy policy, OnMissing noData, MemoryJournal journal) {
        var definition = Co2Monitor.monitor(policy, noData, OnMissing.FAIL);
        return new MonitorState(
                new CompiledDefinition(definition, Summary.PLAIN),
                journal,
                new Listening(),
                Duration.ZERO,
                Instant.EPOCH);
    }

    private static List<String> events(String runs, AlertPolicy policy, OnMissing noData) {
        var journal = new MemoryJournal();
        feed(watched(policy, noData, journal), runs);
        return journal.published.stream()
                .map(event -> "%d %s %s"
                        .formatted(
                                Duration.between(slot(0), event.slot()).dividedBy(Co2Monitor.EVERY),
                                event.type().wire(),
                                event.reason()))
                .toList();
    }

    private static void feed(MonitorState monitor, String runs) {
        for (int i = 0; i < runs.length(); i++) {
            var others = room("other", 500);
            switch (runs.charAt(i)) {
                case 'F' -> observe(monitor, Co2Monitor.run(i, others, room("r1", 1200)));
                case 'D' -> observe(monitor, Co2Monitor.run(i, others, room("r1", 900)));
                case 'P' -> observe(monitor, Co2Monitor.run(i, others, room("r1", 600)));
                case '-' -> observe(monitor, Co2Monitor.run(i, others));
                default -> {}
            }
        }
    }

    private static void observe(MonitorState monitor, CheckResult run) {
        monitor.observe(run, run.slot());
    }

    private static List<String> list(@org.jspecify.annotations.Nullable String expected) {
        return expected == null ? List.of() : new ArrayList<>(List.of(expected.split("; ")));
    }
}
