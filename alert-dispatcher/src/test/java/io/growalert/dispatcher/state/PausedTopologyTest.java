package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.AT_ONCE;
import static io.growalert.dispatcher.state.ExampleMonitor.monitor;
import static io.growalert.dispatcher.state.ExampleMonitor.paidBy;
import static io.growalert.dispatcher.state.ExampleMonitor.room;
import static io.growalert.dispatcher.state.ExampleMonitor.run;
import static io.growalert.dispatcher.state.ExampleMonitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.MonitorDefinition;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Monitors of customers whose subscription ended; a monitor is silent after 60 s otherwise. */
class PausedTopologyTest {
    private static final String CUSTOMER = "cus_1";
    private static final MonitorDefinition QUERIED = paidBy(CUSTOMER, "farm-db", monitor(AT_ONCE));
    private static final MonitorDefinition PUSHED = paidBy(CUSTOMER, MonitorDefinition.PUSH, monitor(AT_ONCE));

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
    void a_paused_monitor_is_not_silent_and_its_incident_stays() {
        topology.define(QUERIED);
        topology.onTime(run(0, room("r1", 1200)));
        topology.pausedCustomers.add(CUSTOMER);

        topology.pass(Duration.ofSeconds(1));
        topology.until(slot(60));
        assertThat(topology.published()).containsExactly("firing r1 above 1000");
        topology.pausedCustomers.clear();
        topology.until(slot(65));
        assertThat(topology.published()).isEmpty();
        topology.onTime(run(65, room("r1", 500)));

        assertThat(topology.published()).containsExactly("resolved r1 passed");
    }

    @Test
    void a_monitor_of_another_customer_or_of_none_is_silent() {
        topology.pausedCustomers.add("cus_2");
        topology.define(QUERIED);
        topology.onTime(run(0, room("r1", 500)));

        topology.until(slot(10));

        assertThat(topology.published()).containsExactly("firing no results for 1m");
    }

    @Test
    void results_that_are_pushed_during_the_pause_are_ignored() {
        topology.define(PUSHED);
        topology.pausedCustomers.add(CUSTOMER);
        topology.onTime(run(1, room("r1", 1200)));
        assertThat(topology.published()).isEmpty();
        assertThat(topology.count("growalert.state.ignored", "reason", "paused"))
                .isOne();

        topology.pausedCustomers.clear();
        topology.onTime(run(2, room("r1", 1200)));

        assertThat(topology.published()).containsExactly("firing r1 above 1000");
    }

    @Test
    void results_that_were_pushed_before_the_pause_are_judged_whenever_they_are_processed() {
        topology.define(PUSHED);
        topology.pausedCustomers.add(CUSTOMER);
        topology.pausedSince = slot(10);
        topology.until(slot(20));

        topology.result(run(9, room("r1", 1200)), slot(9));
        assertThat(topology.published()).containsExactly("firing r1 above 1000");
        topology.result(run(10, room("r1", 500)), slot(10));

        assertThat(topology.published()).isEmpty();
    }

    @Test
    void a_customer_who_is_named_or_removed_later_counts_from_then_on() {
        topology.pausedCustomers.add(CUSTOMER);
        topology.define(monitor(AT_ONCE));
        topology.onTime(run(0, room("r1", 500)));
        topology.define(QUERIED);
        topology.until(slot(30));
        assertThat(topology.published()).isEmpty();

        topology.define(monitor(AT_ONCE));
        topology.until(slot(40));

        assertThat(topology.published()).containsExactly("firing no results for 1m");
    }

    @Test
    void nothing_is_silent_until_it_is_known_which_monitors_are_paused() {
        topology.knowsPauses.set(false);
        topology.define(QUERIED);
        topology.onTime(run(0, room("r1", 500)));
        topology.until(slot(10));
        assertThat(topology.published()).isEmpty();

        topology.knowsPauses.set(true);
        topology.pausedCustomers.add(CUSTOMER);
        topology.until(slot(20));

        assertThat(topology.published()).isEmpty();
    }
}
