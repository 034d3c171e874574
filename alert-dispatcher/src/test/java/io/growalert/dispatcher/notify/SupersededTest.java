package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Settled;
import io.growalert.events.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reminders that are outdated before they are delivered, and receivers that change while an incident is open. */
class SupersededTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void openBench() {
        bench = new NotifierBench(folder, "ops: {fake: {}}", "night: {fake: {}}");
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void an_address_that_is_retried_alone_blocks_no_later_event_of_the_others() {
        var accepted = new Settled(Set.of("healthy@example.com"), Map.of());
        bench.accept(CO2.firing(0));
        bench.finish("ops", new Outcome.Retry("SMTP 452", Optional.of(Duration.ofMinutes(5)), Optional.of(accepted)));

        bench.accept(CO2.resolved(0));

        assertThat(bench.deliveries.claim("me", List.of(bench.room("ops"))))
                .singleElement()
                .satisfies(claim -> assertThat(claim.body()).contains("\"resolved\""));
    }

    @Test
    void an_undelivered_reminder_is_superseded_by_the_next_one() {
        bench.accept(CO2.firing(0), CO2.reminder(0, 1));

        bench.accept(CO2.reminder(0, 2));

        assertThat(bench.states()).containsExactly("pending", "superseded", "pending");
        assertThat(bench.detail(Ids.delivery(CO2.reminder(0, 1).id(), "ops"))).contains("later");
    }

    @Test
    void an_undelivered_reminder_is_superseded_by_the_resolution_also_within_one_batch() {
        bench.accept(CO2.firing(0), CO2.reminder(0, 1), CO2.resolved(0), CO2.firing(1));

        assertThat(bench.states()).containsExactly("pending", "superseded", "pending", "pending");
    }

    @Test
    void the_first_notification_of_a_receiver_is_delivered_before_the_resolution_even_if_it_is_a_reminder() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", DELIVERED);
        bench.accept(AlertEvents.of("room-co2", "ops", "night").reminder(0, 1));

        bench.accept(CO2.resolved(0));

        assertThat(bench.detail(Ids.delivery(CO2.reminder(0, 1).id(), "ops"))).contains("superseded");
        bench.finish("night", DELIVERED);
        bench.finish("night", DELIVERED);
        assertThat(bench.jdbc.sql("""
                                select e.type from dispatcher.deliveries d join dispatcher.alert_events e on e.id = d.event_id
                                where d.receiver = 'night' and d.state = 'delivered' order by d.sequence
                                """).query(String.class).list()).containsExactly("reminder", "resolved");
    }

    @Test
    void an_escalation_of_a_reminder_is_delivered_before_the_resolution() {
        bench.defineFile("""
                receivers: {ops: {fake: {}}, night: {fake: {}}}
                routes: {receiver: ops, escalate: [{after: 10m, receivers: [night]}]}
                """);
        var routed = AlertEvents.of("room-co2");
        bench.accept(routed.firing(0));
        bench.finish("ops", DELIVERED);
        bench.accept(routed.reminder(0, 1));
        bench.finish("ops", DELIVERED);
        bench.pass(Duration.ofMinutes(10));
        bench.upkeep().tidy();

        bench.accept(routed.resolved(0));

        assertThat(bench.states()).containsExactly("delivered", "pending", "delivered", "pending", "pending");
    }

    @Test
    void a_reminder_that_was_delivered_or_belongs_to_another_alert_stays() {
        var other = CO2.withSeries(Map.of("room", "hall"));
        bench.accept(CO2.reminder(0, 1));
        bench.finish("ops", DELIVERED);
        bench.accept(other.reminder(0, 1));

        bench.accept(CO2.resolved(0));

        assertThat(bench.states()).containsExactly("delivered", "pending", "pending");
    }

    @Test
    void a_reminder_in_flight_is_superseded_only_when_its_attempt_fails() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", DELIVERED);
        bench.accept(CO2.reminder(0, 1));
        var claims = bench.deliveries.claim("me", List.of(bench.room("ops")));

        bench.accept(CO2.resolved(0));

        assertThat(bench.states()).containsExactly("delivered", "pending", "pending");
        bench.finish(claims, new Outcome.Retry("HTTP 503"));
        assertThat(bench.states()).containsExactly("delivered", "superseded", "pending");
        assertThat(bench.deliveries.claim("me", List.of(bench.room("ops")))).hasSize(1);
    }

    @Test
    void a_resolution_goes_to_every_receiver_that_was_notified_of_the_firing() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", DELIVERED);

        bench.accept(AlertEvents.of("room-co2", "night").resolved(0));

        assertThat(bench.states()).containsExactly("delivered", "pending", "pending");
        assertThat(receivers()).containsExactly("ops", "night", "ops");
    }

    @Test
    void a_resolution_in_the_same_batch_as_the_firing_goes_to_the_former_receiver_too() {
        bench.accept(CO2.firing(0), AlertEvents.of("room-co2", "night").resolved(0));

        assertThat(receivers()).containsExactly("ops", "night", "ops");
    }

    @Test
    void a_receiver_that_was_never_notified_of_this_incident_is_not_notified_of_its_end() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", DELIVERED);
        bench.accept(CO2.resolved(0));
        bench.finish("ops", DELIVERED);
        bench.accept(CO2.firing(1));
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));

        bench.accept(AlertEvents.of("room-co2", "night").resolved(1));

        assertThat(receivers()).containsExactly("ops", "ops", "ops", "night");
    }

    private List<String> receivers() {
        return bench.jdbc
                .sql("select receiver from dispatcher.deliveries order by sequence, receiver")
                .query(String.class)
                .list();
    }
}
