package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Escalations and repeats of incidents whose monitor is paused. */
class PausedEscalationsTest extends EscalationFixture {
    @Test
    void an_incident_of_a_paused_monitor_does_not_escalate_until_it_is_resumed() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.pausedMonitors.add(CO2.firing(0).monitor());

        at(Duration.ofMinutes(10), Duration.ofMinutes(30), Duration.ofHours(5));
        assertThat(notified()).containsExactly("ops");
        bench.pausedMonitors.clear();
        at(Duration.ofHours(5).plusMinutes(1));
        assertThat(notified()).as("its time begins anew").containsExactly("ops");

        at(Duration.ofHours(5).plusMinutes(11));
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void a_repeat_waits_for_the_end_of_the_pause() {
        bench = routed(REPEATED);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(60));
        deliver("ops");
        bench.pausedMonitors.add(CO2.firing(0).monitor());

        at(Duration.ofHours(2), Duration.ofHours(4));
        assertThat(notified()).containsExactly("ops", "ops 0.1");
        bench.pausedMonitors.clear();
        at(Duration.ofMinutes(241));

        assertThat(notified()).containsExactly("ops", "ops 0.1", "ops 0.2");
    }

    @Test
    void until_it_is_known_which_monitors_are_paused_only_repeats_wait() {
        bench = routed("""
                routes: {receiver: ops, repeat: 1h, escalate: [{after: 1h, receivers: [boss], repeat: 1h}]}
                """);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.knowsPauses.set(false);

        at(Duration.ofHours(1));
        assertThat(notified()).as("the first notification of the step").containsExactly("ops", "boss 1");
        deliver("boss");
        at(Duration.ofHours(2));
        assertThat(notified()).containsExactly("ops", "boss 1");
        bench.knowsPauses.set(true);
        at(Duration.ofMinutes(121));

        assertThat(notified()).containsExactlyInAnyOrder("ops", "boss 1", "boss 1.1", "ops 0.1");
    }

    @Test
    void a_step_that_a_pause_postponed_waits_until_it_is_known_whether_the_pause_lasts() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.pausedMonitors.add(CO2.firing(0).monitor());
        at(Duration.ofMinutes(10));
        bench.pausedMonitors.clear();
        bench.knowsPauses.set(false);

        at(Duration.ofMinutes(11));
        bench.pausedMonitors.add(CO2.firing(0).monitor());
        bench.knowsPauses.set(true);
        at(Duration.ofMinutes(12), Duration.ofHours(5));

        assertThat(notified()).containsExactly("ops");
    }

    @Test
    void an_incident_of_another_monitor_escalates() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.pausedMonitors.add("another");

        at(Duration.ofMinutes(10));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }
}
