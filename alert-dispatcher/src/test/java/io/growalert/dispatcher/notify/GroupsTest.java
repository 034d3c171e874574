package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.ack.IncidentAcknowledgements.Terms;
import io.growalert.events.GroupEvent;
import io.growalert.events.GroupEvent.Change;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From events to messages of groups: when one is formed, and what it says. */
class GroupsTest extends GroupFixture {
    private static final AlertEvents SOUTH = OFFICE.withSeries(Map.of("room", "barn", "site", "south"));

    @Test
    void alerts_with_the_same_labels_share_a_message_after_the_wait() {
        bench = routed(BY_SITE);
        bench.accept(OFFICE.firing(0), LAB.firing(0), SOUTH.firing(0));

        assertThat(bench.formAfter(WAIT.minusMillis(1))).isZero();
        assertThat(bench.states()).isEmpty();
        assertThat(bench.formAfter(Duration.ofMillis(1))).isEqualTo(2);

        assertThat(bench.states()).containsExactly("pending", "pending");
        assertThat(bench.messages())
                .extracting(message -> message.labels().get("site") + " " + rooms(message, Change.NEW))
                .containsExactlyInAnyOrder("north [lab, office]", "south [barn]");
        assertThat(bench.messages()).allSatisfy(message -> {
            assertThat(message.omitted()).isZero();
            assertThat(message.route()).isEqualTo("{}");
            assertThat(message.formedAt()).isEqualTo(bench.clock.instant());
        });
    }

    @Test
    void the_wait_begins_with_the_first_alert() {
        bench = routed(BY_SITE);
        bench.accept(OFFICE.firing(0));
        bench.pass(Duration.ofSeconds(8));
        bench.accept(LAB.firing(0));

        assertThat(bench.formAfter(Duration.ofSeconds(2))).isOne();
        assertThat(rooms(last(), Change.NEW)).containsExactly("lab", "office");
    }

    @Test
    void changes_wait_for_the_interval_and_a_message_says_what_is_new_still_firing_and_resolved() {
        bench = routed(BY_SITE);
        var attic = OFFICE.withSeries(Map.of("room", "attic"));
        bench.accept(OFFICE.firing(0), attic.firing(0));
        notified();

        bench.accept(LAB.firing(0), attic.resolved(0));
        assertThat(bench.formAfter(INTERVAL.minusMillis(1))).isZero();
        assertThat(bench.formAfter(Duration.ofMillis(1))).isOne();

        assertThat(rooms(last(), Change.NEW)).containsExactly("lab");
        assertThat(rooms(last(), Change.STILL_FIRING)).containsExactly("office");
        assertThat(rooms(last(), Change.RESOLVED)).containsExactly("attic");
        assertThat(last().counts()).isEqualTo(new GroupEvent.Counts(1, 1, 1));
        bench.finish("ops", DELIVERED);
        assertThat(bench.formAfter(Duration.ofHours(10))).isZero();
    }

    @Test
    void what_fires_and_resolves_before_it_was_notified_is_not_notified() {
        bench = routed(BY_SITE);

        bench.accept(OFFICE.firing(0));
        bench.accept(OFFICE.resolved(0));

        assertThat(bench.formAfter(Duration.ofHours(1))).isZero();
        assertThat(bench.states()).isEmpty();
        assertThat(members()).isEmpty();
    }

    @Test
    void a_firing_and_its_resolution_in_one_batch_are_not_notified_and_a_new_incident_is() {
        bench = routed(BY_SITE);

        bench.accept(OFFICE.firing(0), OFFICE.resolved(0), OFFICE.firing(1));

        assertThat(bench.formAfter(WAIT)).isOne();
        assertThat(last().counts()).isEqualTo(new GroupEvent.Counts(1, 0, 0));
        assertThat(last().alerts().getFirst().event().incident())
                .isEqualTo(OFFICE.firing(1).incident());
    }

    @Test
    void what_still_fires_is_repeated_until_it_is_resolved() {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0));
        notified();

        assertThat(bench.formAfter(Duration.ofHours(1).minusMillis(1))).isZero();
        assertThat(bench.formAfter(Duration.ofMillis(1))).isOne();
        assertThat(last().counts()).isEqualTo(new GroupEvent.Counts(0, 1, 0));
        bench.finish("ops", DELIVERED);
        assertThat(bench.formAfter(Duration.ofHours(1))).isOne();
        bench.finish("ops", DELIVERED);
        bench.accept(OFFICE.resolved(0));
        assertThat(bench.formAfter(INTERVAL)).isOne();
        assertThat(last().endsAll()).isTrue();
        bench.finish("ops", DELIVERED);

        assertThat(bench.formAfter(Duration.ofHours(10))).isZero();
    }

    @Test
    void a_change_starts_the_repetition_again() {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0));
        notified();
        bench.pass(Duration.ofMinutes(50));
        bench.accept(LAB.firing(0));
        notified();

        assertThat(bench.formAfter(Duration.ofMinutes(59))).isZero();
        assertThat(bench.formAfter(Duration.ofMinutes(1))).isOne();
    }

    @Test
    void a_clock_that_was_ahead_delays_no_change() {
        bench = routed(BY_SITE);
        bench.accept(OFFICE.firing(0));
        notifiedAheadOfTime();

        bench.accept(LAB.firing(0));

        assertThat(bench.formAfter(INTERVAL)).isOne();
    }

    @Test
    void a_clock_that_was_ahead_delays_no_repetition() {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0));
        notifiedAheadOfTime();

        assertThat(bench.formAfter(Duration.ofHours(1))).isOne();
        bench.finish("ops", DELIVERED);
        assertThat(bench.formAfter(Duration.ofHours(1))).isOne();
    }

    private void notifiedAheadOfTime() {
        bench.pass(Duration.ofDays(2));
        notified();
        bench.pass(Duration.ofDays(-2));
        assertThat(bench.former.formDue()).isZero();
    }

    @Test
    void nothing_is_repeated_while_all_that_fires_is_acknowledged() {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        notified();
        acknowledge(OFFICE);
        acknowledge(LAB);

        assertThat(bench.formAfter(Duration.ofHours(2))).isZero();
        bench.incidents.end(LAB.firing(0).incident(), "anna");
        assertThat(bench.formAfter(Duration.ofMinutes(1))).isOne();
    }

    @Test
    void nothing_is_repeated_while_the_monitors_of_all_that_fires_are_paused() {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0));
        notified();
        bench.pausedMonitors.add(OFFICE.firing(0).monitor());

        assertThat(bench.formAfter(Duration.ofHours(2))).isZero();
        bench.pausedMonitors.clear();
        assertThat(bench.formAfter(Duration.ofMinutes(1))).isOne();
    }

    @Test
    void until_it_is_known_which_monitors_are_paused_what_changed_is_notified_and_nothing_is_repeated() {
        bench = routed(REPEATING);
        bench.knowsPauses.set(false);
        bench.accept(OFFICE.firing(0));

        notified();
        assertThat(last().counts().started()).isOne();
        assertThat(bench.formAfter(Duration.ofHours(2))).isZero();
        bench.accept(OFFICE.resolved(0));
        notified();
        assertThat(last().counts().resolved()).isOne();
    }

    @Test
    void what_is_due_before_it_is_known_which_monitors_are_paused_is_repeated_as_soon_as_it_is() {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0));
        notified();
        bench.knowsPauses.set(false);
        assertThat(bench.formAfter(Duration.ofHours(1))).isZero();
        bench.knowsPauses.set(true);

        assertThat(bench.formAfter(Duration.ZERO)).isOne();
    }

    private void acknowledge(AlertEvents events) {
        bench.incidents.acknowledge(events.firing(0).incident(), new Terms(null, ""), "anna");
    }

    @Test
    void the_monitors_reminders_only_refresh_what_the_group_says() {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0));
        notified();

        bench.accept(OFFICE.reminder(0, 1));
        assertThat(bench.formAfter(Duration.ofMinutes(30))).isZero();
        assertThat(bench.formAfter(Duration.ofMinutes(30))).isOne();

        assertThat(last().alerts().getFirst().event()).isEqualTo(OFFICE.reminder(0, 1));
    }

    @Test
    void outside_of_its_hours_a_route_forms_no_message_and_at_their_start_it_says_what_is_left() {
        bench = routed("""
                routes:
                  receiver: ops
                  groupBy: [site]
                  groupWait: 10s
                  repeat: 1h
                  mute: [{from: "12:05", to: "16:00", zone: UTC}]
                """);
        var attic = OFFICE.withSeries(Map.of("room", "attic"));
        bench.accept(OFFICE.firing(0), attic.firing(0));
        notified();
        bench.pass(Duration.ofMinutes(10));
        bench.accept(LAB.firing(0), attic.resolved(0));
        var inside = OFFICE.withSeries(Map.of("room", "inside"));
        bench.accept(inside.firing(0));
        bench.accept(inside.resolved(0));

        assertThat(bench.formAfter(Duration.ofHours(3))).isZero();
        assertThat(bench.formAfter(Duration.ofHours(1))).isOne();

        assertThat(rooms(last(), Change.NEW)).containsExactly("lab");
        assertThat(rooms(last(), Change.STILL_FIRING)).containsExactly("office");
        assertThat(rooms(last(), Change.RESOLVED)).containsExactly("attic");
    }

    @ParameterizedTest
    @CsvSource({"lab, office", "office, lab"})
    void an_alert_outside_of_its_hours_delays_no_other_of_its_group_and_follows_at_their_start(
            String closed, String open) {
        bench = routed(BY_SITE);
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        define("""
                routes:
                  receiver: ops
                  groupBy: [site]
                  routes: [{match: ["room=%s"], mute: [{from: "11:00", to: "16:00", zone: UTC}]}]
                """.formatted(closed));

        assertThat(bench.formAfter(WAIT)).isOne();
        assertThat(rooms(last(), Change.NEW)).containsExactly(open);
        bench.finish("ops", DELIVERED);
        assertThat(bench.formAfter(Duration.ofHours(3))).isZero();
        assertThat(bench.formAfter(Duration.ofHours(1))).isOne();

        assertThat(rooms(last(), Change.NEW)).containsExactly(closed);
        assertThat(rooms(last(), Change.STILL_FIRING)).containsExactly(open);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_fires_on_is_repeated_while_a_new_alert_waits_for_its_hours(boolean pausesAreKnown) {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0));
        notified();
        bench.accept(LAB.firing(0));
        define("""
                routes:
                  receiver: ops
                  groupBy: [site]
                  repeat: 1h
                  routes: [{match: ["room=lab"], mute: [{from: "11:00", to: "16:00", zone: UTC}]}]
                """);

        assertThat(bench.formAfter(Duration.ofMinutes(30))).isZero();
        bench.knowsPauses.set(pausesAreKnown);
        assertThat(bench.formAfter(Duration.ofMinutes(30))).isEqualTo(pausesAreKnown ? 1 : 0);
        bench.knowsPauses.set(true);
        assertThat(bench.formAfter(Duration.ZERO)).isEqualTo(pausesAreKnown ? 0 : 1);

        assertThat(last().counts()).isEqualTo(new GroupEvent.Counts(0, 1, 0));
    }
}
