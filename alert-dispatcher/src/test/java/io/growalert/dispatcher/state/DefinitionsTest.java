package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.AT_ONCE;
import static io.growalert.dispatcher.state.ExampleMonitor.MONITOR;
import static io.growalert.dispatcher.state.ExampleMonitor.error;
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
import io.growalert.events.Json;
import io.growalert.events.OnMissing;
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

/** What happens when a monitor is defined, changed and removed. */
class DefinitionsTest {
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
    void a_changed_definition_resets_the_counters() {
        topology.define(monitor(policy(3, 1)));
        topology.onTime(run(0, room("r1", 1200)));
        topology.onTime(run(1, room("r1", 1200)));
        topology.define(monitor(policy(2, 1)));
        topology.onTime(run(2, room("r1", 1200)));
        assertThat(topology.published()).isEmpty();

        topology.onTime(run(3, room("r1", 1200)));
        assertThat(topology.published()).containsExactly("firing r1 2 consecutive results above 1000");
    }

    @Test
    void a_changed_definition_keeps_open_incidents_and_resolves_them_with_its_own_summary() {
        topology.define(monitor(policy(1, 2)));
        topology.onTime(run(0, room("r1", 1200)));
        topology.onTime(run(1, room("r1", 500)));
        var fired = topology.alerts().getFirst();
        topology.define(monitor(MONITOR, policy(1, 2), OnMissing.FAIL, OnMissing.FAIL, "now {{value}} in {{room}}"));
        topology.onTime(run(2, room("r1", 500)));
        assertThat(topology.published()).isEmpty();

        topology.onTime(run(3, room("r1", 500)));
        var resolved = topology.alerts().getFirst();
        assertThat(resolved.incident()).isEqualTo(fired.incident());
        assertThat(resolved.summary()).isEqualTo("now 500 in r1");
    }

    @Test
    void a_definition_published_again_unchanged_resets_nothing() {
        topology.define(monitor(policy(2, 1)));
        topology.onTime(run(0, room("r1", 1200)));
        topology.define(monitor(policy(2, 1)));
        topology.onTime(run(1, room("r1", 1200)));

        assertThat(topology.published()).hasSize(1);
    }

    @Test
    void a_run_that_the_change_cuts_in_two_is_not_judged_for_absence() {
        topology.define(monitor(policy(1, 2)));
        topology.onTime(run(0, room("r1", 500), room("r2", 500)));
        topology.onTime(part(1, 1, 2, room("r1", 500)));
        topology.define(monitor(policy(1, 3)));
        topology.onTime(part(1, 2, 2));

        assertThat(topology.published()).isEmpty();
    }

    @Test
    void a_removed_monitor_resolves_its_incidents() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 1200), room("r2", 500)));
        topology.onTime(error(1));
        topology.alerts();
        topology.definition(MONITOR, null);

        var events = topology.alerts();
        assertThat(events).hasSize(2).allSatisfy(event -> {
            assertThat(event.type()).isEqualTo(AlertEvent.Type.RESOLVED);
            assertThat(event.reason()).isEqualTo("the monitor was removed");
            assertThat(event.status()).isEqualTo(Status.FAILED);
            assertThat(event.slot()).isEqualTo(slot(1));
        });
        assertThat(events)
                .extracting(AlertEvent::summary)
                .containsExactly("room-co2: the monitor was removed", "room-co2 r1: the monitor was removed");
    }

    @Test
    void a_removed_monitor_is_forgotten() {
        topology.define(monitor(policy(2, 1)));
        topology.onTime(run(0, room("r1", 1200)));
        topology.definition(MONITOR, null);
        topology.onTime(run(1, room("r1", 1200)));
        topology.define(monitor(policy(2, 1)));
        topology.onTime(run(2, room("r1", 1200)));
        assertThat(topology.published()).isEmpty();
        assertThat(topology.count("growalert.state.ignored", "reason", "undefined"))
                .isOne();

        topology.definition(MONITOR, null);
        topology.until(slot(20));
        assertThat(topology.published()).isEmpty();
    }

    @Test
    void removing_an_unknown_monitor_does_nothing() {
        topology.definition(MONITOR, null);

        assertThat(topology.published()).isEmpty();
    }

    @Test
    void a_removed_monitor_ends_its_silence() {
        topology.define(monitor(AT_ONCE));
        topology.until(slot(6));
        topology.definition(MONITOR, null);

        assertThat(topology.published())
                .containsExactly("firing no results for 1m", "resolved the monitor was removed");
    }

    @Test
    void a_definition_that_cannot_be_read_replaces_nothing_and_is_a_dead_letter() {
        topology.define(monitor(AT_ONCE));
        topology.definition(MONITOR, "no json".getBytes(UTF_8));
        topology.definition("another", Json.write(monitor(policy(5, 5))));
        topology.definition(null, null);
        topology.onTime(run(0, room("r1", 1200)));

        assertThat(topology.published()).containsExactly("firing r1 above 1000");
        var letters = topology.output(Topics.deadLetters(Topics.MONITORS)).readRecordsToList();
        assertThat(letters)
                .extracting(letter -> StateTopologyDriver.header(letter, "dlt_reason"))
                .satisfiesExactly(
                        reason -> assertThat(reason).startsWith("not a MonitorDefinition"),
                        reason -> assertThat(reason).startsWith("the key is not the definition's id"),
                        reason -> assertThat(reason).startsWith("a definition requires its monitor's id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"every", "timeout"})
    void a_duration_out_of_range_is_a_dead_letter_and_stops_no_other_silence_check(String span) {
        var odd = new String(Json.write(monitor("a", AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, null)), UTF_8)
                .replaceFirst("(\"%s\":)\"[^\"]*".formatted(span), "$1\"PT2562047788015215H");
        topology.definition("a", odd.getBytes(UTF_8));
        topology.define(monitor(AT_ONCE));
        topology.until(slot(6));

        assertThat(topology.published()).containsExactly("firing no results for 1m");
        assertThat(topology.output(Topics.deadLetters(Topics.MONITORS)).readRecordsToList())
                .extracting(letter -> StateTopologyDriver.header(letter, "dlt_reason"))
                .singleElement()
                .asString()
                .contains(span + " must be at most 366 days");
    }

    @Test
    void many_monitors_do_not_mix() {
        for (var id : List.of("a", "a-b", "a0", "b")) {
            topology.define(monitor(id, policy(2, 1), OnMissing.FAIL, OnMissing.FAIL, null));
            topology.onTime(ExampleMonitor.result(id, slot(0), 1, 1, List.of(room(id, 1200)), null));
        }
        topology.definition("a", null);
        for (var id : List.of("a", "a-b", "a0", "b")) {
            topology.onTime(ExampleMonitor.result(id, slot(1), 1, 1, List.of(room(id, 1200)), null));
        }

        assertThat(topology.alerts()).extracting(AlertEvent::monitor).containsExactly("a-b", "a0", "b");
    }

    @Test
    void series_without_an_incident_are_forgotten_when_the_query_changes() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("gone", 500), room("open", 1200)));
        topology.define(ExampleMonitor.asking("SELECT site, co2_ppm AS value FROM readings", monitor(AT_ONCE)));
        for (int i = 1; i < 4; i++) {
            topology.onTime(run(i, room("new", 500), room("open", 1200)));
        }
        assertThat(topology.published()).containsExactly("firing open above 1000");

        topology.onTime(run(4, room("new", 500), room("open", 500)));
        assertThat(topology.published()).containsExactly("resolved open passed");
    }

    @Test
    void an_alert_is_forgotten_by_command() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 1200), room("r2", 500)));
        topology.published();
        topology.forget(MONITOR, Ids.alert(MONITOR, Map.of("room", "r1")));
        topology.forget(MONITOR, Ids.alert(MONITOR, Map.of("room", "r1")));
        topology.forget(MONITOR, Ids.alert(MONITOR, Map.of("room", "r2")));
        topology.forget("unknown", "x");
        topology.onTime(run(1, room("r3", 500)));
        topology.onTime(run(2, room("r3", 500)));
        assertThat(topology.published()).containsExactly("resolved r1 forgotten by an operator");

        topology.onTime(run(3, room("r1", 1200)));
        assertThat(topology.published()).containsExactly("firing r1 above 1000", "firing r3 no data");
    }

    @Test
    void the_own_alert_is_resolved_on_command() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(error(0));
        topology.forget(MONITOR, Ids.alert(MONITOR));

        assertThat(topology.published())
                .containsExactly(
                        "firing ended in an error (timeout: no answer within 5s)", "resolved forgotten by an operator");
    }

    @Test
    void results_of_the_former_query_create_no_series() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("gone", 500)));
        topology.until(slot(2));
        topology.define(ExampleMonitor.asking("SELECT site, co2_ppm AS value FROM readings", monitor(AT_ONCE)));
        topology.result(run(1, room("gone", 500)));
        for (int i = 3; i < 6; i++) {
            topology.onTime(run(i, room("new", 500)));
        }

        assertThat(topology.published()).isEmpty();
    }

    @Test
    void a_slow_clock_does_not_hide_new_series_for_ever() {
        topology.until(slot(100));
        topology.define(monitor(AT_ONCE));
        topology.define(ExampleMonitor.asking("SELECT site, co2_ppm AS value FROM readings", monitor(AT_ONCE)));
        topology.result(run(0, room("r1", 1200)));
        assertThat(topology.published()).isEmpty();

        for (int i = 1; i < 32; i++) {
            topology.until(slot(100 + i));
            topology.result(run(i, room("r1", 1200)));
        }
        assertThat(topology.published()).containsExactly("firing r1 above 1000");
    }

    @Test
    void a_forgotten_silence_that_lasts_is_a_new_incident() {
        topology.define(monitor(AT_ONCE));
        topology.until(slot(7));
        var first = topology.alerts().getFirst();
        topology.forget(MONITOR, Ids.alert(MONITOR));
        assertThat(topology.published()).containsExactly("resolved forgotten by an operator");

        topology.until(slot(14));
        assertThat(topology.alerts()).singleElement().satisfies(event -> assertThat(event.incident())
                .isNotEqualTo(first.incident()));
    }
}
