package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.ack.Escalations;
import io.growalert.dispatcher.ack.IncidentAcknowledgements;
import io.growalert.dispatcher.ack.IncidentAcknowledgements.Terms;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Escalations and repeats of routes, on a real database. */
@SuppressWarnings("NullAway.Init")
class EscalationsTest {
    private static final String[] RECEIVERS = {"ops: {fake: {}}", "boss: {fake: {}}", "ceo: {fake: {}}"};
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final AlertEvents CO2 = AlertEvents.of("co2");
    private static final AlertEvents LAB = CO2.withSeries(Map.of("room", "lab"));
    private static final String GROUPED = """
            routes: {receiver: ops, groupBy: [site], escalate: [{after: 10m, receivers: [boss]}]}
            """;
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");
    private static final String TWO_STEPS = """
            routes:
              receiver: ops
              escalate:
                - {after: 10m, receivers: [boss]}
                - {after: 30m, receivers: [boss, ceo], repeat: 20m}
            """;
    private static final String REPEATED = "routes: {receiver: ops, repeat: 1h}\n";

    @TempDir
    Path folder;

    private NotifierBench bench;

    @AfterEach
    void close() {
        bench.close();
    }

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
    void an_acknowledged_incident_does_not_escalate_and_has_no_reminders() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");

        acknowledge(null);
        at(Duration.ofHours(5));
        bench.accept(CO2.reminder(0, 1));

        assertThat(notified()).containsExactly("ops", "ops");
        assertThat(bench.states()).containsExactly("delivered", "muted");
        assertThat(bench.detail(delivery(CO2.reminder(0, 1), "ops"))).isEqualTo("acknowledged");
    }

    @Test
    void the_escalation_begins_anew_when_the_acknowledgement_ends() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        acknowledge(NOON.plus(Duration.ofHours(1)));

        at(Duration.ofMinutes(10), Duration.ofMinutes(30), Duration.ofMinutes(69));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(70));
        assertThat(notified()).containsExactly("ops", "boss 1");
        deliver("boss");
        at(Duration.ofMinutes(90));
        assertThat(notified()).containsExactly("ops", "boss 1", "boss 2", "ceo 2");
    }

    @Test
    void an_acknowledgement_that_an_operator_ends_early_lets_the_escalation_begin_anew() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        acknowledge(null);
        at(Duration.ofMinutes(10), Duration.ofMinutes(45));

        bench.incidents.end(CO2.firing(0).incident(), "anna");
        at(Duration.ofMinutes(54));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(55));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void a_repeat_follows_at_once_when_an_acknowledgement_ends() {
        bench = routed(REPEATED);
        bench.accept(CO2.firing(0));
        deliver("ops");
        acknowledge(NOON.plus(Duration.ofMinutes(90)));

        at(Duration.ofMinutes(60), Duration.ofMinutes(89));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(90));

        assertThat(notified()).containsExactly("ops", "ops 0.1");
    }

    @Test
    void what_is_queued_when_the_incident_is_acknowledged_is_dropped_except_in_flight() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.accept(CO2.reminder(0, 1));
        at(Duration.ofMinutes(30));
        var inFlight = bench.deliveries.claim("me", List.of(bench.room("ceo")));

        acknowledge(null);

        assertThat(bench.states()).containsExactlyInAnyOrder("delivered", "muted", "muted", "pending");
        bench.finish(inFlight, DELIVERED);
        assertThat(bench.states()).containsExactlyInAnyOrder("delivered", "muted", "muted", "delivered");
    }

    @Test
    void what_fails_after_the_incident_was_acknowledged_is_not_retried() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.accept(CO2.reminder(0, 1));
        at(Duration.ofMinutes(10));
        var inFlight = bench.deliveries.claim("me", List.of(bench.room("ops"), bench.room("boss")));
        acknowledge(null);

        bench.finish(inFlight, new Outcome.Retry("busy"));

        assertThat(inFlight).hasSize(2);
        assertThat(bench.states()).containsExactlyInAnyOrder("delivered", "muted", "muted");
    }

    @Test
    void whether_the_acknowledgement_is_in_force_after_a_failure_is_by_the_clock_of_the_service() {
        bench = routed(TWO_STEPS);
        bench.now.set(Instant.parse("2020-01-01T00:00:00Z"));
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.accept(CO2.reminder(0, 1));
        var inFlight = bench.deliveries.claim("me", List.of(bench.room("ops")));
        acknowledge(bench.clock.instant().plus(Duration.ofHours(1)));

        bench.finish(inFlight, new Outcome.Retry("busy"));

        assertThat(inFlight).hasSize(1);
        assertThat(bench.states()).containsExactlyInAnyOrder("delivered", "muted");
    }

    @Test
    void acknowledging_many_incidents_takes_as_many_statements_as_one() {
        bench = routed("routes: {receiver: ops, escalate: [{after: 10m, receivers: [boss]}]}\n");
        var firings = IntStream.range(0, 51)
                .mapToObj(n -> AlertEvents.of("monitor-" + n).firing(0))
                .toArray(AlertEvent[]::new);
        bench.accept(firings);
        deliver("ops");
        at(Duration.ofMinutes(10));
        var ids = Stream.of(firings).map(AlertEvent::incident).toList();
        var statements = new AtomicInteger();
        var counted = new IncidentAcknowledgements(counting(statements), bench.database.transaction(), bench.clock);

        assertThat(counted.acknowledgeOpen(ids.subList(0, 1), "anna").now()).hasSize(1);
        int one = statements.getAndSet(0);
        assertThat(counted.acknowledgeOpen(ids, "anna").now()).hasSize(50);

        assertThat(statements).hasValue(one);
        assertThat(bench.count("muted")).isEqualTo(51);
        assertThat(stepStates()).containsOnly("waiting");
    }

    private JdbcClient counting(AtomicInteger statements) {
        return (JdbcClient) Proxy.newProxyInstance(
                JdbcClient.class.getClassLoader(), new Class<?>[] {JdbcClient.class}, (_, method, arguments) -> {
                    statements.incrementAndGet();
                    return method.invoke(bench.jdbc, arguments);
                });
    }

    @Test
    void what_refers_to_an_incident_does_not_wait_for_its_acknowledgement() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));

        bench.database.transaction().executeWithoutResult(_ -> {
            acknowledge(null);
            assertThat(CompletableFuture.runAsync(() -> bench.jdbc
                            .sql("insert into dispatcher.captured_values (incident_id, receiver, captured)"
                                    + " values (:incident, 'ops', '{}')")
                            .param("incident", CO2.firing(0).incident())
                            .update()))
                    .succeedsWithin(Duration.ofSeconds(10));
        });
    }

    @Test
    void what_an_acknowledgement_missed_is_neither_sent_nor_kept() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.accept(CO2.reminder(0, 1));
        at(Duration.ofMinutes(10));
        assertThat(bench.deliveries.claim("other", List.of(bench.room("ops"), bench.room("boss"))))
                .hasSize(2);
        acknowledge(null);
        // the lease of the boss's is over, and the attempt at the other was recorded at the same time
        bench.jdbc
                .sql("update dispatcher.deliveries set due_at = now() - interval '1 second',"
                        + " lease_owner = case when receiver = 'boss' then lease_owner end where state = 'pending'")
                .update();

        assertThat(bench.deliveries.claim("me", List.of(bench.room("ops"), bench.room("boss"))))
                .isEmpty();
        bench.escalations.dropAcknowledged();

        assertThat(bench.states()).containsExactlyInAnyOrder("delivered", "muted", "muted");
        bench.incidents.end(CO2.firing(0).incident(), "anna");
        at(Duration.ofMinutes(10));
        assertThat(notified()).contains("boss 1.1");
    }

    @Test
    void what_an_acknowledgement_missed_does_not_delay_the_resolution() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        assertThat(bench.deliveries.claim("other", List.of(bench.room("boss")))).hasSize(1);
        acknowledge(null);
        bench.accept(CO2.resolved(0));
        bench.jdbc
                .sql("update dispatcher.deliveries set due_at = now() - interval '1 second' where state = 'pending'")
                .update();

        bench.escalations.dropAcknowledged();

        assertThat(bench.deliveries.claim("me", List.of(bench.room("boss"))))
                .singleElement()
                .satisfies(claim -> assertThat(claim.body()).contains("\"resolved\""));
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
    void an_escalation_that_was_dropped_before_it_arrived_is_made_up_for_after_the_acknowledgement() {
        bench = routed("routes: {receiver: ops, escalate: [{after: 10m, receivers: [boss]}]}\n");
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        acknowledge(NOON.plus(Duration.ofHours(1)));
        assertThat(bench.states()).containsExactly("muted", "delivered");

        at(Duration.ofMinutes(59));
        assertThat(notified()).containsExactly("ops", "boss 1");
        at(Duration.ofMinutes(60));

        assertThat(notified()).containsExactly("ops", "boss 1", "boss 1.1");
    }

    @Test
    void what_is_made_up_for_reaches_only_the_receivers_that_were_not_notified() {
        bench = routed("""
                routes:
                  receiver: ops
                  routes:
                    - {match: ["room=office"], continue: true, escalate: [{after: 10m, receivers: [boss, ceo]}]}
                    - {match: ["site=north"], escalate: [{after: 10m, receivers: [boss]}]}
                """);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        deliver("boss");
        acknowledge(null);
        at(Duration.ofMinutes(11));
        bench.incidents.end(CO2.firing(0).incident(), "anna");

        at(Duration.ofMinutes(12));

        assertThat(notified()).containsExactly("ops", "boss 1", "ceo 1", "ceo 1.1");
    }

    @Test
    void a_silence_in_force_postpones_the_step_until_its_time_after_the_end() {
        bench = routed("routes: {receiver: ops, escalate: [{after: 10m, receivers: [boss]}]}\n");
        bench.accept(CO2.firing(0));
        deliver("ops");
        silence(NOON.plus(Duration.ofMinutes(20)));

        at(
                Duration.ofMinutes(10),
                Duration.ofMinutes(29),
                Duration.ofMinutes(30).minusMillis(1));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(30));
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void the_time_begins_when_the_firing_that_a_silence_held_is_notified() {
        bench = routed(TWO_STEPS);
        var silence = silence(NOON.plus(Duration.ofHours(8)));
        bench.accept(CO2.firing(0));
        at(Duration.ofMinutes(4), Duration.ofMinutes(5));
        bench.silences.end(silence.id());
        at(Duration.ofMinutes(5));
        deliver("ops");

        at(Duration.ofMinutes(15).minusMillis(1));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(15));
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void outside_of_its_hours_a_branch_does_not_escalate() {
        bench = routed("""
                routes:
                  receiver: ops
                  mute: [{from: "12:05", to: "14:00", zone: UTC}]
                  escalate: [{after: 10m, receivers: [boss]}]
                """);
        bench.accept(CO2.firing(0));
        deliver("ops");

        at(Duration.ofMinutes(10), Duration.ofMinutes(120), Duration.ofMinutes(129));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(130));
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void a_step_that_a_changed_silence_no_longer_postpones_waits_from_now_on() {
        bench = routed("routes: {receiver: ops, escalate: [{after: 10m, receivers: [boss]}]}\n");
        bench.accept(CO2.firing(0));
        deliver("ops");
        var end = Instant.parse("9999-12-31T23:59:59Z");
        var silence = silence(end);
        at(Duration.ofMinutes(10));
        bench.silences.change(silence.id(), new Silence.Terms(List.of(Matcher.of("room=lab")), null, end, "cleaning"));

        at(Duration.ofMinutes(11), Duration.ofMinutes(20));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(21));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void changed_hours_that_no_longer_postpone_a_step_let_it_wait_from_now_on() {
        var night = "  mute: [{from: \"12:05\", to: \"14:00\", zone: UTC}]\n";
        var routes = "routes:\n  receiver: ops\n  escalate: [{after: 10m, receivers: [boss]}]\n";
        bench = routed(routes + night);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.defineFile(file(routes));

        at(Duration.ofMinutes(11), Duration.ofMinutes(21));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void an_acknowledgement_until_after_the_year_9999_delays_no_other_step() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0), LAB.firing(0));
        deliver("ops");
        acknowledge(Instant.parse("+10000-01-01T00:00:00Z"));

        at(Duration.ofMinutes(10));

        assertThat(notified()).containsExactly("ops", "ops", "boss 1");
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
    void a_route_that_is_inserted_before_another_changes_none_of_its_waiting_steps() {
        var inserted = """
                    - {match: ["site=south"], mute: [{from: "12:05", to: "14:00", zone: UTC}]}
                """;
        var routes = """
                routes:
                  receiver: ops
                  routes:
                %s    - {match: ["room=office"], groupBy: [site], repeat: 1h, escalate: [{after: 10m, receivers: [boss]}]}
                """;
        bench = routed(routes.formatted(""));
        bench.accept(CO2.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        bench.defineFile(file(routes.formatted(inserted)));

        at(Duration.ofMinutes(10));
        assertThat(bench.formAfter(Duration.ofSeconds(30))).isOne();

        assertThat(bench.messages().getLast().labels()).containsEntry("escalation step", "1");
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
    void the_repeat_of_a_branch_with_groups_is_the_groups() {
        bench = routed("routes: {receiver: ops, repeat: 1h, groupBy: [site]}\n");

        bench.accept(CO2.firing(0));

        assertThat(stepStates()).isEmpty();
    }

    @Test
    void the_monitors_own_receivers_do_not_escalate() {
        bench = routed(TWO_STEPS);

        bench.accept(AlertEvents.of("co2", "ops").firing(0));

        assertThat(stepStates()).isEmpty();
    }

    @Test
    void two_instances_notify_once() throws Exception {
        bench = routed(TWO_STEPS);
        var firings = IntStream.range(0, 200)
                .mapToObj(n -> AlertEvents.of("monitor-" + n).firing(0))
                .toArray(AlertEvent[]::new);
        bench.accept(firings);
        bench.pass(Duration.ofMinutes(10));
        var other = new Escalations(
                bench.jdbc,
                bench.database.transaction(),
                bench.silences,
                () -> bench.receivers.routes(),
                receiver -> true,
                bench.clock);

        for (int round = 0; round < 3; round++) {
            var start = new CyclicBarrier(2);
            var both = Stream.of(bench.escalations, other)
                    .map(instance -> CompletableFuture.supplyAsync(() -> {
                        await(start);
                        return instance.tick();
                    }))
                    .toList();
            for (var instance : both) {
                instance.get();
            }
        }

        assertThat(notified().stream().filter(receiver -> receiver.equals("boss 1")))
                .hasSize(200);
    }

    @Test
    void an_instance_that_dies_in_the_transaction_leaves_the_step_to_another() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.pass(Duration.ofMinutes(10));

        assertThatThrownBy(() -> bench.database.transaction().execute(_ -> {
                    assertThat(bench.escalations.tick()).isOne();
                    throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        assertThat(notified()).containsExactly("ops");

        assertThat(bench.escalations.tick()).isOne();
        assertThat(bench.escalations.tick()).isZero();
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void a_resolution_waits_for_an_escalation_under_way_and_reaches_its_receivers() throws Exception {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.pass(Duration.ofMinutes(10));
        var added = new CyclicBarrier(2);

        var resolution = bench.database.transaction().execute(_ -> {
            assertThat(bench.escalations.tick()).isOne();
            var arriving = CompletableFuture.runAsync(() -> {
                await(added);
                bench.accept(CO2.resolved(0));
            });
            await(added);
            waitForALock();
            return arriving;
        });
        resolution.get();

        assertThat(receivers(CO2.resolved(0))).containsExactly("boss", "ops");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void what_escalates_into_groups_is_logged(CapturedOutput output) {
        bench = routed(GROUPED);
        bench.accept(CO2.firing(0), LAB.firing(0));

        var logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(Escalations.class.getName(), LogLevel.INFO);
        try {
            at(Duration.ofMinutes(10));
        } finally {
            logging.setLogLevel(Escalations.class.getName(), null);
        }

        assertThat(output.getAll()).containsOnlyOnce("Escalations and repeats queued");
    }

    @Test
    void a_parked_escalation_of_a_resolved_incident_stays_parked() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.finish("boss", new Outcome.Rejected("HTTP 410"));
        bench.accept(CO2.resolved(0));
        assertThat(receivers(CO2.resolved(0))).containsExactly("ops");

        assertThat(bench.redrive.redrive("boss", Instant.EPOCH)).isEqualTo(new Redrive.Redriven(0, 1));

        var escalation = Ids.delivery(CO2.firing(0).id(), "boss", 1, 0);
        assertThat(bench.redrive.redrive(escalation, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.count("parked")).isOne();
        assertThat(bench.redrive.redrive(escalation, true)).isEqualTo(new Redrive.Result.Due());
    }

    @Test
    void a_parked_escalation_of_an_acknowledged_incident_stays_parked_until_the_acknowledgement_ends() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        at(Duration.ofMinutes(10));
        bench.finish("boss", new Outcome.Rejected("HTTP 410"));
        acknowledge(null);

        assertThat(bench.redrive.redrive("boss", Instant.EPOCH)).isEqualTo(new Redrive.Redriven(0, 1));
        assertThat(bench.redrive.redrive("ops", Instant.EPOCH)).isEqualTo(new Redrive.Redriven(1, 0));

        bench.incidents.end(CO2.firing(0).incident(), "anna");
        assertThat(bench.redrive.redrive("boss", Instant.EPOCH)).isEqualTo(new Redrive.Redriven(1, 0));
    }

    @Test
    void a_resolution_that_arrives_during_a_redrive_reaches_its_receiver() throws Exception {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.finish("boss", new Outcome.Rejected("HTTP 410"));
        var redriven = new CyclicBarrier(2);

        var resolution = bench.database.transaction().execute(_ -> {
            assertThat(bench.redrive.redrive("boss", Instant.EPOCH)).isEqualTo(new Redrive.Redriven(1, 0));
            var arriving = CompletableFuture.runAsync(() -> {
                await(redriven);
                bench.accept(CO2.resolved(0));
            });
            await(redriven);
            Awaitility.await().until(() -> arriving.isDone() || waitsForALock());
            return arriving;
        });
        resolution.get();

        assertThat(receivers(CO2.resolved(0))).containsExactly("boss", "ops");
    }

    @Test
    void where_the_route_groups_what_escalates_shares_a_message() {
        bench = routed(GROUPED);
        bench.accept(CO2.firing(0), LAB.firing(0));
        at(Duration.ofMinutes(10));
        assertThat(notified()).isEmpty();

        assertThat(bench.formAfter(Duration.ofSeconds(30))).isEqualTo(2);

        assertThat(bench.messages())
                .extracting(message -> message.labels().getOrDefault("escalation step", "none") + " "
                        + message.counts().started())
                .containsExactlyInAnyOrder("none 2", "1 2");
        deliver("ops", "boss");
        bench.accept(CO2.resolved(0));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isEqualTo(2);
        assertThat(bench.messages())
                .filteredOn(message -> message.counts().resolved() == 1)
                .hasSize(2);
    }

    @Test
    void a_group_of_what_escalates_is_repeated_as_the_step_says() {
        bench = routed(GROUPED.replace("[boss]", "[boss], repeat: 20m"));
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("boss");

        at(Duration.ofMinutes(30));
        assertThat(bench.formAfter(Duration.ZERO)).isZero();
        assertThat(bench.formAfter(Duration.ofSeconds(30))).isOne();

        assertThat(bench.messages().getLast().counts().stillFiring()).isEqualTo(2);
        assertThat(bench.count("pending")).isOne();
    }

    @Test
    void what_is_acknowledged_before_the_message_of_its_escalation_is_not_in_it() {
        bench = routed(GROUPED);
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));

        acknowledge(NOON.plus(Duration.ofHours(1)));

        assertThat(bench.formAfter(Duration.ofSeconds(30))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
        deliver("boss");
        at(Duration.ofMinutes(11), Duration.ofHours(1), Duration.ofMinutes(70));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
        assertThat(bench.messages().getLast().labels()).containsEntry("escalation step", "1");
    }

    @Test
    void what_escalates_to_a_receiver_of_its_group_shares_one_message_that_says_so() {
        bench = routed(GROUPED.replace("[boss]}", "[boss]}, {after: 30m, receivers: [boss, ops]}"));
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("boss");

        at(Duration.ofMinutes(30));

        assertThat(bench.count("pending")).isZero();
        assertThat(bench.formAfter(Duration.ofMinutes(1))).isEqualTo(2);
        assertThat(bench.messages().subList(2, 4)).allSatisfy(message -> {
            assertThat(message.counts().started()).isEqualTo(2);
            assertThat(message.labels()).containsEntry("escalation step", "2");
        });
        deliver("ops", "boss");
        assertThat(bench.formAfter(Duration.ofHours(1))).isZero();
        bench.accept(CO2.resolved(0), LAB.resolved(0));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isEqualTo(2);
        assertThat(bench.messages().subList(4, 6))
                .allSatisfy(message -> assertThat(message.counts().resolved()).isEqualTo(2));
    }

    @Test
    void what_is_acknowledged_before_it_escalates_within_its_group_is_not_in_the_message() {
        bench = routed(GROUPED.replace("[boss]", "[ops]"));
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));

        acknowledge(NOON.plus(Duration.ofHours(1)));

        assertThat(bench.formAfter(Duration.ofMinutes(1))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
        assertThat(bench.messages().getLast().counts().stillFiring()).isOne();
        deliver("ops");
        at(Duration.ofHours(1));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
    }

    @Test
    void a_groups_queued_message_of_what_escalates_is_dropped_when_all_of_it_is_acknowledged() {
        bench = routed(GROUPED);
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.formAfter(Duration.ofSeconds(30));

        acknowledge(NOON.plus(Duration.ofHours(1)));
        assertThat(bench.states()).containsExactly("delivered", "pending");
        bench.incidents.acknowledgeOpen(List.of(LAB.firing(0).incident()), "anna");
        assertThat(bench.states()).containsExactly("delivered", "muted");

        bench.accept(LAB.resolved(0));
        at(Duration.ofHours(1));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isEqualTo(2);
        assertThat(bench.messages().subList(2, 4))
                .extracting(message -> message.labels().getOrDefault("escalation step", "none") + " "
                        + message.counts().started() + " " + message.counts().resolved())
                .containsExactlyInAnyOrder("none 0 1", "1 1 0");
    }

    @Test
    void a_groups_queued_repeat_is_dropped_when_all_of_it_is_acknowledged() {
        bench = routed("routes: {receiver: ops, groupBy: [site], repeat: 1h}\n");
        bench.accept(CO2.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        bench.formAfter(Duration.ofHours(1));
        assertThat(bench.states()).containsExactly("delivered", "pending");

        acknowledge(null);

        assertThat(bench.states()).containsExactly("delivered", "muted");
        bench.accept(CO2.resolved(0));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isOne();
        assertThat(bench.messages().getLast().counts().resolved()).isOne();
    }

    @Test
    void acknowledgements_and_escalations_are_published() {
        bench = routed("routes: {receiver: ops, escalate: [{after: 10m, receivers: [boss]}]}\n");
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        deliver("boss");
        acknowledge(NOON.plus(Duration.ofHours(1)));
        at(Duration.ofHours(1));
        acknowledge(null);
        bench.incidents.end(CO2.firing(0).incident(), "anna");

        assertThat(bench.jdbc
                        .sql("select type || coalesce(' ' || (body::jsonb ->> 'by'), '')"
                                + " || coalesce(' ' || (body::jsonb ->> 'step'), '')"
                                + " from dispatcher.notification_outbox where type like 'incident-%' order by sequence")
                        .query(String.class)
                        .list())
                .containsExactly(
                        "incident-escalated 1",
                        "incident-acknowledged anna",
                        "incident-acknowledgement-ended",
                        "incident-acknowledged anna",
                        "incident-acknowledgement-ended anna");
    }

    /** Until another connection waits for a row that this transaction locked. */
    private void waitForALock() {
        Awaitility.await().until(this::waitsForALock);
    }

    private boolean waitsForALock() {
        return bench.jdbc
                .sql("select exists (select from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = 'Lock')")
                .query(Boolean.class)
                .single();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private NotifierBench routed(String routes) {
        var created = new NotifierBench(folder, RECEIVERS);
        created.defineFile(file(routes));
        return created;
    }

    private static String file(String routes) {
        return "receivers:\n  " + String.join("\n  ", RECEIVERS) + "\n" + routes;
    }

    /** What happens by the clock at these times. */
    private void at(Duration... afterNoon) {
        for (var time : afterNoon) {
            bench.now.set(NOON.plus(time));
            bench.upkeep().tidy();
        }
    }

    private void deliver(String... receivers) {
        Stream.of(receivers).forEach(receiver -> bench.finish(receiver, DELIVERED));
    }

    private void acknowledge(@Nullable Instant until) {
        bench.incidents.acknowledge(CO2.firing(0).incident(), new Terms(until, ""), "anna");
    }

    private Silence silence(Instant end) {
        return bench.silences.create(
                new Silence.Terms(List.of(Matcher.of("room=office")), null, end, "cleaning"), "anna");
    }

    private static String delivery(AlertEvent event, String receiver) {
        return Ids.delivery(event.id(), receiver);
    }

    private List<String> receivers(AlertEvent event) {
        return bench.jdbc
                .sql("select receiver from dispatcher.deliveries where event_id = :event order by receiver")
                .param("event", event.id())
                .query(String.class)
                .list();
    }

    /** The receivers of all deliveries in their order, such as {@code boss 2.1}: of the second step, for the second time. */
    private List<String> notified() {
        return bench.jdbc.sql("""
                        select receiver || coalesce(' ' || escalation_step, '') || case when repetition > 0 then '.' || repetition else '' end
                        from dispatcher.deliveries order by sequence, escalation_step nulls first, repetition, receiver
                        """).query(String.class).list();
    }

    private List<String> stepStates() {
        return bench.jdbc
                .sql("select state from dispatcher.escalations order by step")
                .query(String.class)
                .list();
    }
}
