package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.AT_ONCE;
import static io.growalert.dispatcher.state.ExampleMonitor.MONITOR;
import static io.growalert.dispatcher.state.ExampleMonitor.monitor;
import static io.growalert.dispatcher.state.ExampleMonitor.policy;
import static io.growalert.dispatcher.state.ExampleMonitor.room;
import static io.growalert.dispatcher.state.ExampleMonitor.run;
import static io.growalert.dispatcher.state.ExampleMonitor.slot;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One bad record, whatever is bad about it, never stops the others. */
class PoisonedRecordTest {
    @TempDir
    Path folder;

    private StateTopologyDriver topology;

    @BeforeEach
    void start() {
        topology = new StateTopologyDriver(folder);
        topology.define(monitor(MONITOR, AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, "{{room}}: {{value}}"));
    }

    @AfterEach
    void stop() {
        topology.close();
    }

    private void theMonitorStillFiresAndResolves(int from) {
        topology.onTime(run(from, room("r1", 1200)));
        topology.onTime(run(from + 1, room("r1", 500)));
        assertThat(topology.alerts())
                .filteredOn(event -> event.monitor().equals(MONITOR))
                .extracting(AlertEvent::summary)
                .containsExactly("r1: 1200", "r1: 500");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{}}", "{{#}}{{/}}", "{{=}}", "{{#room}} has no end", "{{#a}}{{/b}}"})
    void a_summary_that_is_no_template_is_replaced_by_the_default_text(String summary) {
        topology.define(monitor("odd", AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, summary));
        topology.onTime(ExampleMonitor.result("odd", slot(0), 1, 1, List.of(room("r1", 1200)), null));

        assertThat(topology.alerts())
                .singleElement()
                .extracting(AlertEvent::summary)
                .isEqualTo("odd r1: above 1000");
        theMonitorStillFiresAndResolves(1);
    }

    @Test
    void a_summary_nested_beyond_the_stack_is_replaced_by_the_default_text() {
        var nested = "{{#a}}".repeat(100_000) + "{{/a}}".repeat(100_000);
        topology.define(monitor("odd", AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, nested.substring(0, 600_000)));
        topology.onTime(ExampleMonitor.result("odd", slot(0), 1, 1, List.of(room("r1", 1200)), null));

        assertThat(topology.alerts()).hasSize(1);
        theMonitorStillFiresAndResolves(1);
    }

    @Test
    void a_summary_that_never_finishes_rendering_is_replaced_by_the_default_text() {
        topology.define(monitor("odd", AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, "{{room}}".repeat(1_000)));
        topology.onTime(ExampleMonitor.result("odd", slot(0), 1, 1, List.of(room("r".repeat(1_000), 1200)), null));

        assertThat(topology.alerts()).singleElement().satisfies(event -> assertThat(event.summary())
                .hasSizeLessThan(1_200)
                .endsWith(": above 1000"));
    }

    @Test
    void a_series_whose_labels_exceed_the_limits_is_dropped_and_reported_by_the_own_alert() {
        var huge = new SeriesResult(Map.of("room", "x".repeat(700_000)), 1200, Status.FAILED, "above 1000");
        topology.onTime(run(0, room("r1", 1200), huge));
        topology.onTime(run(1, room("r1", 500)));

        assertThat(topology.published())
                .containsExactly(
                        "firing 1 rows dropped (label room has 700000 bytes; the limit is 1024)",
                        "firing r1 above 1000",
                        "resolved passed",
                        "resolved r1 passed");
        assertThat(topology.count("growalert.state.ignored", "reason", "labels"))
                .isOne();
        theMonitorStillFiresAndResolves(2);
    }

    @Test
    void rows_that_the_monitor_service_dropped_are_reported_by_the_own_alert() {
        var dropped = new io.growalert.events.DroppedRows(3, "65 labels; the limit is 64");
        topology.onTime(new CheckResult(
                MONITOR,
                slot(0),
                slot(0),
                3,
                Status.PASSED,
                0,
                1,
                1,
                Map.of(),
                List.of(room("r1", 500)),
                null,
                dropped));

        assertThat(topology.published()).containsExactly("firing 3 rows dropped (65 labels; the limit is 64)");
    }

    @ParameterizedTest
    @ValueSource(strings = {Topics.CHECK_RESULTS, Topics.MONITORS, Topics.ALERT_COMMANDS})
    void garbage_that_would_not_fit_with_its_reason_is_a_dead_letter_stub(String topic) {
        var garbage = "x".repeat(1_048_400).getBytes(UTF_8);
        switch (topic) {
            case Topics.CHECK_RESULTS -> topology.raw(MONITOR, garbage);
            case Topics.MONITORS -> topology.definition(MONITOR, garbage);
            default -> topology.command(MONITOR, garbage);
        }

        var letter = topology.output(Topics.deadLetters(topic)).readRecord();
        assertThat(letter.value()).hasSize(1_024);
        assertThat(StateTopologyDriver.header(letter, "dlt_size")).isEqualTo("1048400");
        assertThat(StateTopologyDriver.header(letter, "dlt_reason")).isNotEmpty();
        theMonitorStillFiresAndResolves(0);
    }

    @Test
    void what_a_database_does_not_store_is_replaced_in_the_event_and_not_in_the_alerts_id() {
        var odd = Map.of("ro\u0000om", "a\ud800");
        topology.define(monitor(MONITOR, AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, "a\u0000b {{value}}"));
        topology.onTime(run(0, new SeriesResult(odd, 1200, Status.FAILED, "above\u0000 1000")));

        assertThat(topology.alerts()).singleElement().satisfies(event -> {
            assertThat(event.series()).isEqualTo(Map.of("ro\ufffdom", "a\ufffd"));
            assertThat(event.summary()).isEqualTo("a\ufffdb 1200");
            assertThat(event.reason()).isEqualTo("above\ufffd 1000");
            assertThat(event.alert()).isEqualTo(Ids.alert(MONITOR, odd));
        });
    }

    @Test
    void deep_nesting_is_a_dead_letter() {
        topology.raw(MONITOR, ("{\"monitor\":" + "[".repeat(400_000)).getBytes(UTF_8));
        topology.definition(MONITOR, ("{\"id\":" + "{\"a\":".repeat(150_000)).getBytes(UTF_8));

        assertThat(topology.count("growalert.state.dead.letters", "topic", "growalert.check-results-dlt"))
                .isOne();
        assertThat(topology.count("growalert.state.dead.letters", "topic", "growalert.monitors-dlt"))
                .isOne();
        theMonitorStillFiresAndResolves(0);
    }

    @Test
    void a_definition_whose_events_would_not_fit_is_a_dead_letter() {
        var receivers = new String(Json.write(monitor("odd", AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, null)), UTF_8)
                .replace(
                        "\"ops\"",
                        "\"ops\"" + ",\"%s\"".formatted("r".repeat(60)).repeat(6_000));
        topology.definition("odd", receivers.getBytes(UTF_8));

        assertThat(StateTopologyDriver.header(
                        topology.output(Topics.deadLetters(Topics.MONITORS)).readRecord(), "dlt_reason"))
                .startsWith("labels and receivers have");
        theMonitorStillFiresAndResolves(0);
    }

    @Test
    void a_record_that_breaks_the_decision_changes_nothing_and_is_a_dead_letter() {
        topology.define(monitor("odd", policy(2, 1), OnMissing.FAIL, OnMissing.FAIL, null));
        topology.onTime(ExampleMonitor.result("odd", slot(0), 1, 1, List.of(room("r1", 1200)), null));
        // a slot at the end of time breaks the arithmetic of slots
        var endless = new String(Json.write(monitor("odd", policy(2, 1), OnMissing.FAIL, OnMissing.FAIL, null)), UTF_8);
        assertThat(endless).contains("odd");
        topology.raw(
                "odd",
                new String(
                                Json.write(
                                        ExampleMonitor.result("odd", slot(1), 1, 1, List.of(room("r1", 1200)), null)),
                                UTF_8)
                        .replace(slot(1).toString(), "-1000000000-01-01T00:00:00Z")
                        .getBytes(UTF_8));
        topology.onTime(ExampleMonitor.result("odd", slot(1), 1, 1, List.of(room("r1", 1200)), null));

        assertThat(topology.published()).containsExactly("firing r1 2 consecutive results above 1000");
        theMonitorStillFiresAndResolves(2);
    }
}
