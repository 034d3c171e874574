package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.ack.IncidentAcknowledgements;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Escalations and repeats of incidents that are acknowledged. */
class AcknowledgedEscalationsTest extends EscalationFixture {
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
    void an_acknowledgement_until_after_the_year_9999_delays_no_other_step() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0), LAB.firing(0));
        deliver("ops");
        acknowledge(Instant.parse("+10000-01-01T00:00:00Z"));

        at(Duration.ofMinutes(10));

        assertThat(notified()).containsExactly("ops", "ops", "boss 1");
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
}
