package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.AT_ONCE;
import static io.growalert.dispatcher.state.ExampleMonitor.error;
import static io.growalert.dispatcher.state.ExampleMonitor.monitor;
import static io.growalert.dispatcher.state.ExampleMonitor.policy;
import static io.growalert.dispatcher.state.ExampleMonitor.repeating;
import static io.growalert.dispatcher.state.ExampleMonitor.room;
import static io.growalert.dispatcher.state.ExampleMonitor.run;
import static io.growalert.dispatcher.state.ExampleMonitor.runningEvery;
import static io.growalert.dispatcher.state.ExampleMonitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert of the monitor itself fires after 30 s of failure, regardless of its policy. */
class OwnAlertDelayTest {
    private static final String TIMED_OUT = "ended in an error (timeout: no answer within 5s)";

    @TempDir
    Path folder;

    private StateTopologyDriver topology;

    @BeforeEach
    void start() {
        topology = new StateTopologyDriver(folder, Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        topology.close();
    }

    @Test
    void fires_once_errors_have_lasted_for_the_delay() {
        topology.define(monitor(AT_ONCE));
        for (int i = 0; i < 3; i++) {
            topology.onTime(error(i));
        }
        assertThat(topology.published()).isEmpty();

        topology.onTime(error(3));
        assertThat(topology.published()).containsExactly("firing " + TIMED_OUT);
    }

    @Test
    void does_not_fire_for_errors_that_pass_before() {
        topology.define(monitor(AT_ONCE));
        for (int i = 0; i < 30; i++) {
            topology.onTime(i % 4 == 3 ? run(i, room("r1", 500)) : error(i));
        }

        assertThat(topology.published()).isEmpty();
    }

    @Test
    void still_needs_as_many_results_as_the_policy_requires() {
        topology.define(monitor(policy(6, 1)));
        for (int i = 0; i < 5; i++) {
            topology.onTime(error(i));
        }
        assertThat(topology.published()).isEmpty();

        topology.onTime(error(5));
        assertThat(topology.published()).containsExactly("firing 6 consecutive results " + TIMED_OUT);
    }

    @Test
    void does_not_count_a_time_without_observation() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(error(0));
        topology.onTime(error(5));
        assertThat(topology.published()).isEmpty();

        topology.onTime(error(8));
        assertThat(topology.published()).hasSize(1);
    }

    @Test
    void fires_after_the_delay_for_a_monitor_that_runs_less_often() {
        topology.define(runningEvery(Duration.ofHours(1), monitor(AT_ONCE)));
        topology.onTime(error(0));
        topology.until(slot(0).plusSeconds(29));
        assertThat(topology.published()).isEmpty();

        topology.until(slot(0).plusSeconds(30));
        var event = topology.alerts().getFirst();
        assertThat(event.reason()).isEqualTo(TIMED_OUT);
        assertThat(event.slot()).isEqualTo(slot(3));

        topology.onTime(run(360, room("r1", 500)));
        assertThat(topology.published()).containsExactly("resolved passed");
    }

    @Test
    void does_not_change_the_series() {
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 1200)));

        assertThat(topology.published()).containsExactly("firing r1 above 1000");
    }

    @Test
    void reminds_of_errors_that_turned_into_silence() {
        topology.define(monitor(repeating(AT_ONCE, Duration.ofMinutes(2))));
        for (int i = 0; i <= 3; i++) {
            topology.onTime(error(i));
        }
        topology.until(slot(3).plusSeconds(5 * 60));

        assertThat(topology.published())
                .containsExactly(
                        "firing " + TIMED_OUT,
                        "reminder firing for 2m: no results for 1m",
                        "reminder firing for 4m: no results for 1m");
        topology.onTime(run(34, room("r1", 500)));
        assertThat(topology.published()).isEqualTo(List.of("resolved passed"));
    }

    @Test
    void reports_new_series_beyond_the_limit_and_judges_the_known_ones() {
        topology.define(ExampleMonitor.limited(2, monitor(AT_ONCE)));
        topology.onTime(run(0, room("r1", 500), room("r2", 500)));
        for (int i = 1; i <= 4; i++) {
            topology.onTime(run(i, room("r1", 1200), room("new" + i, 1200), room("r2", 500)));
        }

        assertThat(topology.published())
                .containsExactly("firing r1 above 1000", "firing 1 new series ignored (maxSeries is 2)");
        assertThat(topology.count("growalert.state.ignored", "reason", "max series"))
                .isEqualTo(4);

        topology.onTime(run(5, room("r1", 500), room("r2", 500)));
        assertThat(topology.published()).containsExactly("resolved passed", "resolved r1 passed");
    }

    @Test
    void reports_new_series_beyond_the_limit_in_any_part_of_a_run() {
        topology.define(ExampleMonitor.limited(2, monitor(AT_ONCE)));
        for (int i = 0; i <= 4; i++) {
            topology.onTime(ExampleMonitor.part(i, 1, 2, room("r1", 500), room("r2", 500)));
            topology.onTime(ExampleMonitor.part(i, 2, 2, room("r3", 500), room("r4", 500)));
        }

        assertThat(topology.published()).containsExactly("firing 2 new series ignored (maxSeries is 2)");
        assertThat(topology.count("growalert.state.ignored", "reason", "max series"))
                .isEqualTo(10);
    }
}
