package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.AT_ONCE;
import static io.growalert.dispatcher.state.ExampleMonitor.MONITOR;
import static io.growalert.dispatcher.state.ExampleMonitor.error;
import static io.growalert.dispatcher.state.ExampleMonitor.forgetting;
import static io.growalert.dispatcher.state.ExampleMonitor.monitor;
import static io.growalert.dispatcher.state.ExampleMonitor.policy;
import static io.growalert.dispatcher.state.ExampleMonitor.repeating;
import static io.growalert.dispatcher.state.ExampleMonitor.room;
import static io.growalert.dispatcher.state.ExampleMonitor.run;
import static io.growalert.dispatcher.state.ExampleMonitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert of the monitor itself. Its patience here is the least, 60 s. */
class OwnAlertTest {
    private static final String TIMED_OUT = "ended in an error (timeout: no answer within 5s)";

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
    void fires_for_runs_that_end_in_an_error_and_leaves_the_series_alone() {
        topology.define(monitor(policy(2, 1)));
        topology.onTime(run(0, room("r1", 1200)));
        topology.onTime(error(1));
        topology.onTime(error(2));

        var event = topology.alerts().getFirst();
        assertThat(event.alert()).isEqualTo(Ids.alert(MONITOR));
        assertThat(event.series()).isEmpty();
        assertThat(event.status()).isEqualTo(Status.FAILED);
        assertThat(event.reason()).isEqualTo("2 consecutive results " + TIMED_OUT);
        assertThat(event.summary()).isEqualTo("room-co2: 2 consecutive results " + TIMED_OUT);

        topology.onTime(run(3, room("r1", 1200)));
        assertThat(topology.published())
                .containsExactly("resolved passed", "firing r1 2 consecutive results above 1000");
    }

    @Test
    void counts_an_error_as_passed_where_on_error_does_not_fail() {
        topology.define(monitor(AT_ONCE, OnMissing.FAIL, OnMissing.DEGRADED));
        topology.onTime(error(0));
        topology.define(monitor(AT_ONCE, OnMissing.FAIL, OnMissing.IGNORE));
        topology.onTime(error(1));

        assertThat(topology.published()).isEmpty();
    }

    @Test
    void is_not_the_alert_of_a_row_without_labels() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, new SeriesResult(Map.of(), 1200, Status.FAILED, "above 1000")));
        topology.onTime(error(1));

        assertThat(topology.alerts())
                .extracting(AlertEvent::alert)
                .containsExactly(Ids.alert(MONITOR, Map.of()), Ids.alert(MONITOR));
    }

    @Test
    void fires_for_a_monitor_that_never_returned_a_row() {
        topology.define(monitor(policy(3, 1)));
        for (int i = 0; i < 3; i++) {
            topology.onTime(run(i));
        }

        var event = topology.alerts().getFirst();
        assertThat(event.alert()).isEqualTo(Ids.alert(MONITOR));
        assertThat(event.status()).isEqualTo(Status.NO_DATA);
        assertThat(event.reason()).isEqualTo("3 consecutive results without a row");

        topology.onTime(run(3, room("r1", 500)));
        assertThat(topology.published()).containsExactly("resolved passed");
    }

    @Test
    void judges_a_monitor_that_never_returned_a_row_by_no_data() {
        topology.define(monitor(AT_ONCE, OnMissing.IGNORE, OnMissing.FAIL));
        topology.onTime(run(0));
        topology.define(monitor(AT_ONCE, OnMissing.DEGRADED, OnMissing.FAIL));
        topology.onTime(run(1));

        assertThat(topology.published()).isEmpty();
    }

    @Test
    void leaves_a_monitor_whose_series_are_absent_to_the_series() {
        topology.define(monitor(forgetting(AT_ONCE, Duration.ofSeconds(20))));
        topology.onTime(run(0, room("r1", 500)));
        topology.onTime(run(1));
        topology.onTime(run(2));
        assertThat(topology.published()).containsExactly("firing r1 no data");

        topology.onTime(run(3));
        assertThat(topology.published()).containsExactly("resolved r1 not seen for 20s");
        topology.onTime(run(4));
        assertThat(topology.published()).containsExactly("firing without a row");
    }

    @Test
    void fires_at_once_when_the_monitor_sends_nothing() {
        topology.define(monitor(policy(5, 3)));
        topology.onTime(run(0, room("r1", 500)));
        topology.onTime(run(1, room("r1", 500)));
        topology.until(slot(1).plusSeconds(59));
        assertThat(topology.published()).isEmpty();

        topology.pass(Duration.ofSeconds(1));
        var event = topology.alerts().getFirst();
        assertThat(event.alert()).isEqualTo(Ids.alert(MONITOR));
        assertThat(event.status()).isEqualTo(Status.NO_DATA);
        assertThat(event.reason()).isEqualTo("no results for 1m");
        assertThat(event.slot()).isEqualTo(slot(1).plusSeconds(60));

        topology.until(slot(20));
        assertThat(topology.published()).isEmpty();
        topology.onTime(run(20, room("r1", 500)));
        assertThat(topology.published()).containsExactly("resolved results arrive again");
    }

    @Test
    void counts_silence_from_the_assignment_when_nothing_ever_came() {
        topology.define(monitor(AT_ONCE));
        topology.until(slot(0).plusSeconds(60));

        assertThat(topology.published()).containsExactly("firing no results for 1m");
    }

    @Test
    void counts_silence_from_the_definition_that_came_after_the_assignment() {
        topology.until(slot(60));
        topology.define(monitor(AT_ONCE));
        topology.until(slot(60).plusSeconds(59));
        assertThat(topology.published()).isEmpty();

        topology.until(slot(60).plusSeconds(60));
        assertThat(topology.published()).hasSize(1);
    }

    @Test
    void fires_for_silence_regardless_of_no_data_and_on_error() {
        topology.define(monitor(AT_ONCE, OnMissing.IGNORE, OnMissing.IGNORE));
        topology.until(slot(6));

        assertThat(topology.published()).hasSize(1);
    }

    @Test
    void judges_the_error_that_ends_a_silence_for_itself() {
        topology.define(monitor(AT_ONCE));
        topology.until(slot(6));
        topology.onTime(error(7));

        var events = topology.alerts();
        assertThat(events)
                .extracting(AlertEvent::reason)
                .containsExactly("no results for 1m", "results arrive again", TIMED_OUT);
        assertThat(events.getFirst().incident()).isEqualTo(events.get(1).incident());
        assertThat(events.getLast().incident()).isNotEqualTo(events.getFirst().incident());
    }

    @Test
    void lets_a_buffered_result_end_a_silence_without_judging_it_under_the_same_slot() {
        topology.define(monitor(AT_ONCE));
        topology.until(slot(6));
        var deadline = topology.alerts().getFirst().slot();
        topology.result(ExampleMonitor.result(MONITOR, deadline, 1, 1, java.util.List.of(), error(0).error()));
        topology.onTime(error(8));

        var events = topology.alerts();
        assertThat(events).extracting(AlertEvent::reason).containsExactly("results arrive again", TIMED_OUT);
        assertThat(events.getFirst().slot()).isEqualTo(deadline);
        assertThat(events.getLast().firingSince()).isEqualTo(slot(8));
    }

    @Test
    void keeps_one_own_alert_when_errors_turn_to_silence() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(error(0));
        topology.until(slot(10));
        assertThat(topology.published()).containsExactly("firing " + TIMED_OUT);

        topology.onTime(run(10, room("r1", 500)));
        assertThat(topology.published()).containsExactly("resolved passed");
    }

    @Test
    void reminds_of_a_long_silence() {
        topology.define(monitor(repeating(AT_ONCE, Duration.ofMinutes(1))));
        topology.until(slot(0).plusSeconds(60 + 125));

        assertThat(topology.published())
                .containsExactly(
                        "firing no results for 1m",
                        "reminder firing for 1m: no results for 1m",
                        "reminder firing for 2m: no results for 1m");
    }

    @Test
    void postpones_silence_while_old_records_still_arrive() {
        topology.define(monitor(AT_ONCE));
        topology.define(monitor("another", AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, null));
        topology.onTime(run(0, room("r1", 500)));
        for (int i = 1; i < 10; i++) {
            topology.until(slot(i));
            var other = run(i, room("r1", 500));
            topology.result(
                    ExampleMonitor.result("another", other.slot(), 1, 1, other.series(), null),
                    slot(i).minus(Duration.ofSeconds(6)));
            topology.until(slot(i).plusSeconds(5));
            topology.result(
                    ExampleMonitor.result("another", other.slot().plusSeconds(5), 1, 1, other.series(), null),
                    slot(i).minus(Duration.ofSeconds(1)));
        }
        assertThat(topology.published()).isEmpty();

        topology.until(slot(11));
        assertThat(topology.published()).containsExactly("firing no results for 1m");
    }

    @Test
    void stores_until_when_it_listened_only_where_a_silence_outlasts_a_restart() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 500)));
        assertThat(topology.listened()).isEmpty();

        topology.define(ExampleMonitor.runningEvery(Duration.ofHours(1), monitor(AT_ONCE)));
        topology.onTime(run(4, room("r1", 500)));
        assertThat(topology.listened()).contains(slot(4));
    }

    @Test
    void no_monitor_is_silent_while_the_broker_is_unreachable() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 500)));
        topology.hearsBroker.set(false);
        topology.until(slot(10));
        topology.hearsBroker.set(true);
        topology.until(slot(10).plusSeconds(59));
        assertThat(topology.published()).isEmpty();

        topology.until(slot(10).plusSeconds(60));
        assertThat(topology.published()).hasSize(1);
    }
}
