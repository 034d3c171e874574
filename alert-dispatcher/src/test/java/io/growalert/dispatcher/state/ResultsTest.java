package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.AT_ONCE;
import static io.growalert.dispatcher.state.ExampleMonitor.MONITOR;
import static io.growalert.dispatcher.state.ExampleMonitor.monitor;
import static io.growalert.dispatcher.state.ExampleMonitor.part;
import static io.growalert.dispatcher.state.ExampleMonitor.policy;
import static io.growalert.dispatcher.state.ExampleMonitor.room;
import static io.growalert.dispatcher.state.ExampleMonitor.run;
import static io.growalert.dispatcher.state.ExampleMonitor.slot;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What check results do, through the whole topology. */
class ResultsTest {
    @TempDir
    Path folder;

    private StateTopologyDriver topology;

    @BeforeEach
    void start() {
        topology = new StateTopologyDriver(folder);
    }

    @AfterEach
    void stop() {
        topology.close();
    }

    @Test
    void publishes_a_firing_as_a_cloud_event_under_the_alerts_id() {
        topology.define(monitor(MONITOR, policy(3, 1), OnMissing.FAIL, OnMissing.FAIL, "{{room}} has {{value}} ppm"));
        for (int i = 0; i < 3; i++) {
            topology.onTime(run(i, room("r1", 1203.5)));
        }

        var record = topology.alertRecords().getFirst();
        var alert = Ids.alert(MONITOR, Map.of("room", "r1"));
        var incident = Ids.incident(alert, slot(2));
        var id = Ids.event(incident, AlertEvent.Type.FIRING, slot(2));
        assertThat(record.key()).isEqualTo(alert);
        assertThat(StateTopologyDriver.header(record, "ce_id")).isEqualTo(id);
        assertThat(StateTopologyDriver.header(record, "ce_type")).isEqualTo("io.growalert.alert.firing");
        assertThat(StateTopologyDriver.header(record, "ce_subject")).isEqualTo(MONITOR);
        assertThat(io.growalert.events.Json.read(record.value(), AlertEvent.class))
                .isEqualTo(new AlertEvent(
                        id,
                        AlertEvent.Type.FIRING,
                        alert,
                        incident,
                        MONITOR,
                        Map.of("room", "r1"),
                        Map.of("site", "north"),
                        Status.FAILED,
                        1203.5,
                        "3 consecutive results above 1000",
                        "r1 has 1203.5 ppm",
                        slot(2),
                        slot(2),
                        List.of("ops"),
                        null,
                        null,
                        null,
                        "failed above 1000; degraded above 800; fires after 3 consecutive results; "
                                + "resolves after 1 result; noData: fail; onError: fail; every 10s; silent after 1m"));
    }

    @Test
    void joins_a_firing_and_its_resolution_by_the_incident() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 1200)));
        topology.onTime(run(1, room("r1", 900)));

        var events = topology.alerts();
        assertThat(events)
                .extracting(AlertEvent::incident)
                .containsOnly(events.getFirst().incident());
        assertThat(events.getLast().firingSince()).isEqualTo(slot(0));
        assertThat(events.getLast().status()).isEqualTo(Status.DEGRADED);
        assertThat(topology.count("growalert.state.transitions", "type", "firing"))
                .isOne();
        assertThat(topology.count("growalert.state.transitions", "type", "resolved"))
                .isOne();
    }

    @Test
    void evaluates_each_series_separately() {
        topology.define(monitor(policy(2, 1)));
        topology.onTime(run(0, room("r1", 1200), room("r2", 500)));
        topology.onTime(run(1, room("r1", 1200), room("r2", 1300)));

        assertThat(topology.published()).containsExactly("firing r1 2 consecutive results above 1000");
    }

    @Test
    void judges_a_row_without_labels_as_a_separate_series() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, new SeriesResult(Map.of(), 1200, Status.FAILED, "above 1000")));

        assertThat(topology.alerts())
                .singleElement()
                .extracting(AlertEvent::alert)
                .isEqualTo(Ids.alert(MONITOR, Map.of()));
    }

    @Test
    void ignores_and_counts_a_slot_that_is_not_later_than_the_series_last() {
        topology.define(monitor(policy(3, 1)));
        topology.onTime(run(1, room("r1", 1200)));
        topology.onTime(run(1, room("r1", 1200)));
        topology.onTime(run(0, room("r1", 1200)));
        topology.onTime(run(2, room("r1", 1200)));
        assertThat(topology.published()).isEmpty();
        assertThat(topology.count("growalert.state.ignored", "reason", "old")).isEqualTo(2);

        topology.onTime(run(3, room("r1", 1200)));
        assertThat(topology.published()).hasSize(1);
    }

    @Test
    void ignores_and_counts_a_result_without_a_definition() {
        topology.onTime(run(0, room("r1", 1200)));

        assertThat(topology.published()).isEmpty();
        assertThat(topology.count("growalert.state.ignored", "reason", "undefined"))
                .isOne();
    }

    @Test
    void a_series_counts_as_absent_only_when_all_parts_arrived() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 500), room("r2", 500), room("r3", 500)));
        topology.onTime(part(1, 1, 3, room("r1", 500)));
        topology.onTime(part(1, 3, 3));
        assertThat(topology.published()).isEmpty();

        topology.onTime(part(1, 2, 3, room("r2", 500)));
        assertThat(topology.published()).containsExactly("firing r3 no data");
    }

    @Test
    void accepts_parts_in_any_order_and_twice() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 500), room("r2", 500)));
        topology.onTime(part(1, 2, 2, room("r2", 1200)));
        topology.onTime(part(1, 2, 2, room("r2", 1200)));
        assertThat(topology.published()).containsExactly("firing r2 above 1000");

        topology.onTime(part(1, 1, 2, room("r1", 500)));
        topology.onTime(part(1, 1, 2, room("r1", 500)));
        assertThat(topology.published()).isEmpty();
    }

    @Test
    void never_judges_absence_for_a_run_whose_parts_are_missing() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 500), room("r2", 500)));
        topology.onTime(part(1, 1, 2, room("r1", 500)));
        topology.onTime(run(2, room("r1", 500), room("r2", 500)));
        topology.onTime(part(1, 2, 2));

        assertThat(topology.published()).isEmpty();
    }

    @Test
    void dead_letters_a_slot_of_a_fast_clock() {
        topology.define(monitor(AT_ONCE));
        topology.result(run(6, room("r1", 1200)));
        assertThat(topology.published()).hasSize(1);

        topology.result(ExampleMonitor.result(MONITOR, slot(6).plusMillis(1), 1, 1, List.of(room("r1", 500)), null));
        assertThat(topology.published()).isEmpty();
        var letter = topology.output(Topics.deadLetters(Topics.CHECK_RESULTS)).readRecord();
        assertThat(letter.key()).isEqualTo(MONITOR);
        assertThat(StateTopologyDriver.header(letter, "dlt_reason"))
                .startsWith("the slot 2026-11-24T07:01:00.001Z is ahead of the broker's clock");
        assertThat(topology.count("growalert.state.dead.letters", "topic", "growalert.check-results-dlt"))
                .isOne();
    }

    @Test
    void dead_letters_unreadable_records_and_continues() {
        topology.define(monitor(AT_ONCE));
        topology.raw(MONITOR, "no json".getBytes(UTF_8));
        topology.raw(MONITOR, null);
        topology.raw("another", io.growalert.events.Json.write(run(0, room("r1", 1200))));
        topology.raw(null, io.growalert.events.Json.write(run(0, room("r1", 1200))));
        topology.onTime(run(0, room("r1", 1200)));

        assertThat(topology.published()).hasSize(1);
        var letters = topology.output(Topics.deadLetters(Topics.CHECK_RESULTS)).readRecordsToList();
        assertThat(letters)
                .extracting(letter -> StateTopologyDriver.header(letter, "dlt_reason"))
                .satisfiesExactly(
                        reason -> assertThat(reason).startsWith("not a CheckResult"),
                        reason -> assertThat(reason).startsWith("expected a check result, not a tombstone"),
                        reason -> assertThat(reason).startsWith("the key is not the monitor of the result"),
                        reason -> assertThat(reason).startsWith("the key is not the monitor of the result"));
        assertThat(letters.getFirst().value()).asString().isEqualTo("no json");
        assertThat(StateTopologyDriver.header(letters.getFirst(), "dlt_topic")).isEqualTo(Topics.CHECK_RESULTS);
    }

    @Test
    void counts_results_and_those_that_arrive_late() {
        topology.define(monitor(AT_ONCE));
        topology.until(slot(2));
        topology.result(run(1, room("r1", 500), room("r2", 500)), slot(2).minus(Duration.ofSeconds(6)));
        topology.result(run(2, room("r1", 500), room("r2", 500)), slot(2));

        assertThat(topology.count("growalert.state.results")).isEqualTo(2);
        assertThat(topology.count("growalert.state.series")).isEqualTo(4);
        assertThat(topology.count("growalert.state.late")).isOne();
        assertThat(topology.meters.get("growalert.state.lag").timer().max(java.util.concurrent.TimeUnit.SECONDS))
                .isEqualTo(6);
    }
}
