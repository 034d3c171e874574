package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The steps of escalations and the repeats of routes. */
class EscalationsTest extends EscalationFixture {
    @Test
    void a_firing_that_is_neither_acknowledged_nor_resolved_escalates_step_by_step() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");

        at(Duration.ofMinutes(10).minusMillis(1));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(10));
        assertThat(notified()).containsExactly("ops", "boss 1");
        deliver("boss");
        at(Duration.ofMinutes(30));
        assertThat(notified()).containsExactly("ops", "boss 1", "boss 2", "ceo 2");
    }

    @Test
    void a_step_with_a_repeat_notifies_again_on_its_schedule() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(31));
        deliver("boss", "ceo");

        at(Duration.ofMinutes(49));
        assertThat(notified()).doesNotContain("boss 2.1");
        at(Duration.ofMinutes(50));
        deliver("boss", "ceo");
        at(Duration.ofMinutes(70));

        assertThat(notified()).contains("boss 2.1", "ceo 2.1", "boss 2.2", "ceo 2.2");
    }

    @Test
    void missed_repetitions_are_not_caught_up_on() {
        bench = routed(REPEATED);
        bench.accept(CO2.firing(0));
        deliver("ops");

        at(Duration.ofHours(5));
        deliver("ops");
        at(Duration.ofHours(5).plusMinutes(59));

        assertThat(notified()).containsExactly("ops", "ops 0.1");
    }

    @Test
    void a_resolution_cancels_the_escalation_and_reaches_those_that_it_notified() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        deliver("boss");

        bench.accept(CO2.resolved(0));
        at(Duration.ofHours(2));

        assertThat(receivers(CO2.resolved(0))).containsExactly("boss", "ops");
        assertThat(notified()).containsExactly("ops", "boss 1", "boss", "ops");
        assertThat(stepStates()).containsExactly("done", "cancelled");
    }

    @Test
    void a_firing_and_its_resolution_that_arrive_together_do_not_escalate() {
        bench = routed(TWO_STEPS);

        bench.accept(CO2.firing(0), CO2.resolved(0));
        at(Duration.ofHours(1));

        assertThat(notified()).containsExactly("ops", "ops");
    }

    @Test
    void a_repeat_that_a_route_got_since_the_firing_begins_with_the_monitors_reminder() {
        bench = routed("routes: {receiver: ops}\n");
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.defineFile(file(REPEATED));

        bench.accept(CO2.reminder(0, 1));
        at(Duration.ZERO);
        deliver("ops");
        bench.accept(CO2.reminder(0, 2));
        at(Duration.ofMinutes(59), Duration.ofHours(1));

        assertThat(notified()).containsExactly("ops", "ops 0.1", "ops 0.2");
    }

    @Test
    void a_step_that_cannot_be_decided_delays_no_other() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0), LAB.firing(0));
        deliver("ops");
        bench.jdbc
                .sql("update dispatcher.alert_events set body = '?' where id = :id")
                .param("id", CO2.firing(0).id())
                .update();

        at(Duration.ofMinutes(10));

        assertThat(notified()).containsExactly("ops", "ops", "boss 1");
        assertThat(receivers(LAB.firing(0))).containsExactly("boss", "ops");
        bench.jdbc
                .sql("update dispatcher.alert_events a set body = b.body from dispatcher.alert_events b"
                        + " where a.id = :id and b.id = :other")
                .param("id", CO2.firing(0).id())
                .param("other", LAB.firing(0).id())
                .update();
        at(Duration.ofMinutes(11));
        assertThat(receivers(CO2.firing(0))).containsExactly("boss", "ops");
    }

    @Test
    void a_moved_route_does_not_begin_its_repeat_again() {
        bench = routed("routes: {receiver: ops, routes: [{match: [\"room=office\"], repeat: 1h}]}\n");
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.defineFile(file("routes: {receiver: ops, routes: [{match: [\"site=south\"]},"
                + " {match: [\"room=office\"], repeat: 1h}]}\n"));

        bench.accept(CO2.reminder(0, 1));
        at(Duration.ofMinutes(1));

        assertThat(notified()).containsExactly("ops");
        assertThat(stepStates()).containsExactly("waiting");
    }

    @Test
    void an_escalation_is_about_the_latest_event() {
        bench = routed("""
                routes:
                  receiver: ops
                  escalate: [{after: 10m, receivers: [boss]}]
                """);
        bench.accept(CO2.firing(0));
        bench.accept(CO2.reminder(0, 5));

        at(Duration.ofMinutes(10));

        assertThat(bench.deliveries.claim("me", List.of(bench.room("boss"))))
                .singleElement()
                .satisfies(claim -> assertThat(claim.body()).contains("\"reminder\""));
    }

    @Test
    void a_step_waits_until_the_events_before_its_time_are_stored() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0), LAB.firing(0));
        deliver("ops");
        bench.storedUntil = NOON.plus(Duration.ofMinutes(10)).minusMillis(1);

        at(Duration.ofMinutes(45));
        assertThat(notified()).containsExactly("ops", "ops");
        bench.accept(CO2.resolved(0));
        bench.storedUntil = NOON.plus(Duration.ofMinutes(10));
        at(Duration.ofMinutes(45));

        assertThat(receivers(LAB.firing(0))).containsExactly("boss", "ops");
        assertThat(receivers(CO2.firing(0))).containsExactly("ops");
    }

    @Test
    void a_step_waits_for_another_live_instance_whose_events_are_not_stored_yet() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        new KnownReceivers(bench.jdbc, bench.database.transaction(), "other")
                .publish(List.of("ops"), Duration.ofMinutes(10));
        var current = new SharedStoredUntil(bench.jdbc, "one", bench.clock::instant);
        bench.now.set(NOON.plus(Duration.ofMinutes(10)));

        new SharedStoredUntil(bench.jdbc, "other", () -> NOON).get();
        assertThat(bench.escalations.tick(current.get())).isZero();
        assertThat(notified()).containsExactly("ops");

        new SharedStoredUntil(bench.jdbc, "other", bench.clock::instant).get();
        bench.escalations.tick(current.get());
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void a_receiver_of_several_branches_is_notified_once_at_a_step() {
        bench = routed("""
                routes:
                  receiver: ops
                  escalate: [{after: 10m, receivers: [boss]}]
                  routes:
                    - {match: ["room=office"], continue: true}
                    - {match: ["site=north"]}
                """);
        bench.accept(CO2.firing(0));
        deliver("ops");

        at(Duration.ofMinutes(10));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void a_receiver_whose_notification_is_queued_is_not_notified_again() {
        bench = routed(REPEATED);
        bench.accept(CO2.firing(0));

        at(Duration.ofHours(1), Duration.ofHours(2));
        assertThat(notified()).containsExactly("ops");
        deliver("ops");
        at(Duration.ofHours(3));

        assertThat(notified()).containsExactly("ops", "ops 0.3");
    }

    @Test
    void a_resolution_supersedes_a_queued_repetition() {
        bench = routed(REPEATED);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofHours(1));

        bench.accept(CO2.resolved(0));

        assertThat(bench.states()).containsExactlyInAnyOrder("delivered", "superseded", "pending");
    }

    @Test
    void a_branch_with_its_own_repeat_needs_no_reminders_of_the_monitor() {
        bench = routed("""
                routes:
                  receiver: ops
                  routes:
                    - {receiver: boss, repeat: 1h, continue: true}
                    - {receiver: ops}
                """);
        bench.accept(CO2.firing(0));

        bench.accept(CO2.reminder(0, 1));

        assertThat(receivers(CO2.reminder(0, 1))).containsExactly("ops");
    }

    @Test
    void the_monitors_own_receivers_do_not_escalate() {
        bench = routed(TWO_STEPS);

        bench.accept(AlertEvents.of("co2", "ops").firing(0));

        assertThat(stepStates()).isEmpty();
    }
}
