package io.growalert.evaluation.alert;

import static io.growalert.evaluation.alert.Co2Monitor.AT_ONCE;
import static io.growalert.evaluation.alert.Co2Monitor.failingFor;
import static io.growalert.evaluation.alert.Co2Monitor.forgetting;
import static io.growalert.evaluation.alert.Co2Monitor.policy;
import static io.growalert.evaluation.alert.Co2Monitor.repeating;
import static io.growalert.evaluation.alert.Co2Monitor.room;
import static io.growalert.evaluation.alert.Co2Monitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code resolve} and {@code resolveOnAbsence}. Slots are 10 s apart. F failed (1200), H does not fail, but is not below 900
 * (950), D degraded (850), P passed (600), - absent, o a result without any row, E an error, . no run. The events of one series are
 * written as the number of the slot, the type and the reason.
 */
class ResolveBoundTest {
    private static final Threshold BELOW_900 = new Threshold.Below(900);

    @ParameterizedTest(name = "{0} after={1} resolveAfter={2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            FH     | 1 | 1 | 0 firing above 1000
            FHP    | 1 | 1 | 0 firing above 1000; 2 resolved passed
            FHD    | 1 | 1 | 0 firing above 1000; 2 resolved passed, the last one degraded: above 800
            FP     | 1 | 1 | 0 firing above 1000; 1 resolved passed
            FHFHP  | 1 | 1 | 0 firing above 1000; 4 resolved passed
            FPHPP  | 1 | 2 | 0 firing above 1000; 4 resolved 2 consecutive results passed
            FHEHP  | 1 | 1 | 0 firing above 1000; 4 resolved passed
            HHHF   | 1 | 1 | 3 firing above 1000
            FHPHF  | 1 | 1 | 0 firing above 1000; 2 resolved passed; 4 firing above 1000
            FHF    | 2 | 1 | 2 firing 2 consecutive results above 1000
            FHHH   | 2 | 1 |
            FPF    | 2 | 1 |
            FHPF   | 2 | 1 |
            F-HF   | 2 | 1 | 3 firing 2 consecutive results above 1000
            P-H    | 1 | 1 | 1 firing no data; 2 resolved passed, the last one degraded: above 800
            P-FH   | 1 | 1 | 1 firing no data
            P-FHP  | 1 | 1 | 1 firing no data; 4 resolved passed
            F-H    | 1 | 1 | 0 firing above 1000
            F-HP   | 1 | 1 | 0 firing above 1000; 3 resolved passed
            """)
    void a_series_that_failed_resolves_beyond_the_bound_only(
            String runs, int after, int resolveAfter, @Nullable String expected) {
        var definition = Co2Monitor.with(BELOW_900, false, null, Co2Monitor.monitor(policy(after, resolveAfter)));

        assertThat(events(runs, definition)).isEqualTo(list(expected));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            FHP | 0 firing above 1000; 1 resolved passed, the last one degraded: above 800
            FHF | 0 firing above 1000; 1 resolved passed, the last one degraded: above 800; 2 firing above 1000
            """)
    void without_a_bound_it_resolves_when_it_does_not_fail(String runs, String expected) {
        assertThat(events(runs, Co2Monitor.monitor(AT_ONCE))).isEqualTo(list(expected));
    }

    @ParameterizedTest(name = "{0} for=30s: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            FHHF  | 3 firing failed for 30s: above 1000
            FHHHF | 4 firing failed for 30s: above 1000
            FHHHH |
            FHPF  |
            """)
    void a_held_result_breaks_no_duration_of_failure_and_never_fires(String runs, @Nullable String expected) {
        var definition =
                Co2Monitor.with(BELOW_900, false, null, Co2Monitor.monitor(failingFor(Duration.ofSeconds(30))));

        assertThat(events(runs, definition)).isEqualTo(list(expected));
    }

    @Test
    void a_held_incident_is_reminded_of_with_the_reason_in_its_unit() {
        var policy = repeating(AT_ONCE, Duration.ofSeconds(20));
        var definition = Co2Monitor.with(BELOW_900, false, "ppm", Co2Monitor.monitor(policy));

        assertThat(events("FHHHP", definition))
                .containsExactly(
                        "0 firing above 1000", "2 reminder firing for 20s: not below 900 ppm", "4 resolved passed");
    }

    @Test
    void a_bound_may_be_a_range() {
        var inside = Co2Monitor.with(new Threshold.Inside(700, 900), false, null, Co2Monitor.monitor(AT_ONCE));

        assertThat(events("FHPD", inside))
                .containsExactly("0 firing above 1000", "3 resolved passed, the last one degraded: above 800");
    }

    @ParameterizedTest(name = "{0} after={1} resolveAfter={2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            F-    | 1 | 1 | 0 firing above 1000; 1 resolved passed: absent from the result
            Fo    | 1 | 1 | 0 firing above 1000; 1 resolved passed: absent from the result
            F.-   | 1 | 1 | 0 firing above 1000; 2 resolved passed: absent from the result
            FEo   | 1 | 1 | 0 firing above 1000; 2 resolved passed: absent from the result
            F-F-  | 1 | 1 | 0 firing above 1000; 1 resolved passed: absent from the result; 2 firing above 1000; 3 resolved passed: absent from the result
            F-    | 1 | 2 | 0 firing above 1000
            F--   | 1 | 2 | 0 firing above 1000; 2 resolved 2 consecutive results passed: absent from the result
            FP-   | 1 | 2 | 0 firing above 1000; 2 resolved 2 consecutive results passed: absent from the result
            F-P   | 1 | 2 | 0 firing above 1000; 2 resolved 2 consecutive results passed
            F-F-- | 1 | 2 | 0 firing above 1000; 4 resolved 2 consecutive results passed: absent from the result
            F-F   | 2 | 1 |
            FF-F  | 2 | 1 | 1 firing 2 consecutive results above 1000; 2 resolved passed: absent from the result
            P---- | 1 | 1 |
            FH-   | 1 | 1 | 0 firing above 1000; 2 resolved passed: absent from the result
            """)
    void an_absent_series_passes_where_the_monitor_resolves_on_absence(
            String runs, int after, int resolveAfter, @Nullable String expected) {
        var definition = problemsOnly(policy(after, resolveAfter), OnMissing.IGNORE);

        assertThat(events(runs, definition)).isEqualTo(list(expected));
    }

    @ParameterizedTest
    @CsvSource({"FAIL", "DEGRADED"})
    void with_another_meaning_of_no_data_it_does_not(OnMissing noData) {
        assertThat(events("F---", problemsOnly(AT_ONCE, noData))).containsExactly("0 firing above 1000");
    }

    @Test
    void a_series_is_forgotten_although_its_absence_passes() {
        var policy = forgetting(policy(1, 9), Duration.ofMinutes(1));

        assertThat(events("F-------", problemsOnly(policy, OnMissing.IGNORE)))
                .containsExactly("0 firing above 1000", "7 resolved not seen for 1m");
        assertThat(events("F--F", problemsOnly(forgetting(policy(1, 2), Co2Monitor.EVERY), OnMissing.IGNORE)))
                .containsExactly(
                        "0 firing above 1000",
                        "2 resolved 2 consecutive results passed: absent from the result",
                        "3 firing above 1000");
    }

    @Test
    void a_part_of_a_run_says_nothing_about_the_series_that_it_lacks() {
        var journal = new MemoryJournal();
        var monitor = watched(problemsOnly(AT_ONCE, OnMissing.IGNORE), journal);
        observe(monitor, Co2Monitor.run(0, room("r1", 1200)));
        observe(monitor, Co2Monitor.result(Co2Monitor.MONITOR, slot(1), 1, 2, List.of(room("r2", 1200)), null));
        assertThat(journal.published).hasSize(2);

        observe(monitor, Co2Monitor.result(Co2Monitor.MONITOR, slot(1), 2, 2, List.of(room("r3", 1200)), null));
        assertThat(journal.published)
                .filteredOn(event -> event.type() == AlertEvent.Type.RESOLVED)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.series()).containsEntry("room", "r1");
                    assertThat(event.status()).isEqualTo(Status.PASSED);
                    assertThat(event.value()).isNull();
                });
    }

    @Test
    void a_long_absence_is_no_change_in_every_run() {
        var journal = new MemoryJournal();
        var monitor = watched(problemsOnly(AT_ONCE, OnMissing.IGNORE), journal);
        feed(monitor, "F-");
        int resolved = journal.writes;

        feed(monitor, "..-----");

        assertThat(journal.writes).isEqualTo(resolved);
    }

    @Test
    void a_bound_that_is_added_holds_an_open_incident() {
        var journal = new MemoryJournal();
        var monitor = watched(Co2Monitor.monitor(AT_ONCE), journal);
        feed(monitor, "F");
        var held = Co2Monitor.with(BELOW_900, false, null, Co2Monitor.monitor(AT_ONCE));
        monitor.redefine(new CompiledDefinition(held, Summary.PLAIN), slot(0));

        feed(monitor, ".HH");
        assertThat(shown(journal)).containsExactly("0 firing above 1000");
        feed(monitor, "...P");
        assertThat(shown(journal)).containsExactly("0 firing above 1000", "3 resolved passed");
    }

    @Test
    void an_event_has_the_unit_of_its_value() {
        var journal = new MemoryJournal();
        feed(watched(Co2Monitor.with(null, true, "ppm", noDataIgnored(AT_ONCE)), journal), "F-");

        assertThat(journal.published).extracting(AlertEvent::unit).containsExactly("ppm", null);
    }

    private static MonitorDefinition noDataIgnored(AlertPolicy policy) {
        return Co2Monitor.monitor(policy, OnMissing.IGNORE, OnMissing.FAIL);
    }

    private static MonitorDefinition problemsOnly(AlertPolicy policy, OnMissing noData) {
        return Co2Monitor.with(BELOW_900, true, null, Co2Monitor.monitor(policy, noData, OnMissing.IGNORE));
    }

    private static MonitorState watched(MonitorDefinition definition, MemoryJournal journal) {
        return new MonitorState(
                new CompiledDefinition(definition, Summary.PLAIN),
                journal,
                new Listening(),
                Duration.ZERO,
                Instant.EPOCH);
    }

    private static List<String> events(String runs, MonitorDefinition definition) {
        var journal = new MemoryJournal();
        feed(watched(definition, journal), runs);
        return shown(journal);
    }

    private static List<String> shown(MemoryJournal journal) {
        return journal.published.stream()
                .filter(event -> "r1".equals(event.series().get("room")))
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
                case 'H' -> observe(monitor, Co2Monitor.run(i, others, room("r1", 950)));
                case 'D' -> observe(monitor, Co2Monitor.run(i, others, room("r1", 850)));
                case 'P' -> observe(monitor, Co2Monitor.run(i, others, room("r1", 600)));
                case '-' -> observe(monitor, Co2Monitor.run(i, others));
                case 'o' -> observe(monitor, Co2Monitor.run(i));
                case 'E' -> observe(monitor, Co2Monitor.error(i));
                default -> {}
            }
        }
    }

    private static void observe(MonitorState monitor, CheckResult run) {
        monitor.observe(run, run.slot());
    }

    private static List<String> list(@Nullable String expected) {
        return expected == null ? List.of() : List.of(expected.split("; "));
    }
}
