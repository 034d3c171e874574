package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.events.AlertCause;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.GroupEvent.Change;
import io.growalert.events.Ids;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which alerts share messages by their routes, causes and receivers. */
class GroupRoutesTest extends GroupFixture {
    @Test
    void a_route_that_was_removed_or_repeats_no_longer_repeats_nothing_and_still_reports_what_is_resolved() {
        bench = routed(REPEATING);
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        notified();

        define("routes: {receiver: pager}");
        assertThat(bench.formAfter(Duration.ofHours(5))).isZero();
        bench.accept(OFFICE.resolved(0));
        assertThat(bench.formAfter(INTERVAL)).isOne();

        assertThat(rooms(last(), Change.RESOLVED)).containsExactly("office");
        assertThat(rooms(last(), Change.STILL_FIRING)).containsExactly("lab");
    }

    @Test
    void a_route_elsewhere_in_the_file_has_the_same_groups() {
        bench = routed("""
                routes:
                  receiver: pager
                  routes: [{match: ["site=north"], receiver: ops, groupBy: [site], groupWait: 10s}]
                """);
        bench.accept(OFFICE.firing(0));
        notified();

        define("""
                routes:
                  receiver: pager
                  routes:
                    - {match: ["site=south"]}
                    - {match: ["site=north"], receiver: ops, groupBy: [site], groupWait: 10s}
                """);
        bench.accept(LAB.firing(0));
        bench.formAfter(Duration.ofMinutes(5));

        assertThat(bench.messages()).extracting(GroupEvent::group).hasSize(2).containsOnly(last().group());
        assertThat(rooms(last(), Change.STILL_FIRING)).containsExactly("office");
    }

    @Test
    void a_resolution_goes_to_the_group_of_its_firing_whatever_the_routes_say_now() {
        bench = routed(BY_SITE);
        bench.accept(OFFICE.firing(0));
        notified();

        define("routes: {receiver: pager, groupBy: [monitor], groupWait: 0s}");
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);

        assertThat(last().labels()).containsExactly(Map.entry("site", "north"));
        assertThat(rooms(last(), Change.RESOLVED)).containsExactly("office");
        assertThat(receivers()).containsExactly("ops", "ops");
    }

    @Test
    void an_incident_with_messages_of_its_own_keeps_them_when_a_route_groups_from_now_on() {
        bench = routed("routes: {receiver: ops}");
        bench.accept(OFFICE.firing(0));
        bench.finish("ops", DELIVERED);

        define(BY_SITE);
        bench.accept(OFFICE.reminder(0, 1));
        bench.finish("ops", DELIVERED);
        bench.accept(OFFICE.resolved(0));

        assertThat(bench.states()).containsExactly("delivered", "delivered", "pending");
        assertThat(bench.formAfter(Duration.ofHours(1))).isZero();
    }

    @Test
    void a_reminder_of_an_incident_that_its_receiver_does_not_know_is_new_in_its_group() {
        bench = routed("routes: {receiver: pager}");
        bench.accept(OFFICE.firing(0));

        define(BY_SITE);
        bench.accept(OFFICE.reminder(0, 1));

        assertThat(bench.formAfter(WAIT)).isOne();
        assertThat(rooms(last(), Change.NEW)).containsExactly("office");
    }

    @Test
    void the_receivers_that_a_monitor_names_and_those_that_accept_no_groups_get_each_alert() {
        bench = routed("routes: {receivers: [ops, plain], groupBy: [site], groupWait: 10s}");

        bench.accept(AlertEvents.of("co2", "pager").firing(0), LAB.firing(0));

        assertThat(receivers()).containsExactly("pager", "plain");
        assertThat(bench.formAfter(WAIT)).isOne();
        assertThat(rooms(last(), Change.NEW)).containsExactly("lab");
    }

    @Test
    void one_message_per_alert_is_sent_at_once_where_the_route_groups_by_nothing() {
        bench = routed("""
                routes:
                  receiver: ops
                  groupBy: [site]
                  routes: [{match: ["room=office"], groupBy: []}]
                """);

        bench.accept(OFFICE.firing(0), LAB.firing(0));

        assertThat(bench.states()).containsExactly("pending");
        assertThat(members()).hasSize(1);
    }

    @Test
    void routes_and_receivers_have_groups_of_their_own_and_the_first_branch_that_has_the_receiver_decides() {
        bench = routed("""
                routes:
                  receiver: ops
                  groupWait: 0s
                  routes:
                    - {match: ["room=office"], receivers: [ops, pager], groupBy: [room], continue: true}
                    - {match: ["site=north"], groupBy: [site]}
                """);

        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ZERO);

        assertThat(bench.messages())
                .extracting(message -> message.route() + " " + message.labels() + " " + rooms(message, Change.NEW))
                .containsExactlyInAnyOrder(
                        "{}/{room=office} {room=office} [office]",
                        "{}/{room=office} {room=office} [office]",
                        "{}/{site=north} {site=north} [lab]");
        assertThat(bench.messages()).extracting(GroupEvent::group).doesNotHaveDuplicates();
    }

    @Test
    void an_outage_of_a_source_is_one_message_without_further_settings() {
        bench = routed("routes: {receiver: ops}");
        var cause = new AlertCause(AlertCause.Kind.SOURCE, "influx");

        bench.accept(IntStream.range(0, 50)
                .mapToObj(n -> own("monitor-" + n, AlertEvent.Type.FIRING, cause))
                .toArray(AlertEvent[]::new));
        bench.accept(own("other", AlertEvent.Type.FIRING, new AlertCause(AlertCause.Kind.SOURCE, "postgres")));

        assertThat(bench.states()).isEmpty();
        assertThat(bench.formAfter(Duration.ofSeconds(30))).isEqualTo(2);
        assertThat(bench.messages())
                .extracting(message -> message.labels() + " " + message.counts().started())
                .containsExactlyInAnyOrder("{source=influx} 50", "{source=postgres} 1");
    }

    @Test
    void the_silences_of_a_lost_instance_are_one_message_and_so_are_their_ends() {
        bench = routed("routes: {receiver: ops}");
        var cause = new AlertCause(AlertCause.Kind.INSTANCE, "farm-1");
        bench.accept(
                own("a", AlertEvent.Type.FIRING, cause), own("b", AlertEvent.Type.FIRING, cause), OFFICE.firing(0));
        assertThat(bench.states()).containsExactly("pending");
        bench.finish("ops", DELIVERED);
        bench.formAfter(Duration.ofSeconds(30));
        bench.finish("ops", DELIVERED);

        // the instance of the result that ended the silence is another one
        var other = new AlertCause(AlertCause.Kind.INSTANCE, "farm-2");
        bench.accept(own("a", AlertEvent.Type.RESOLVED, other), own("b", AlertEvent.Type.RESOLVED, other));
        bench.formAfter(Duration.ofMinutes(5));

        assertThat(bench.messages())
                .extracting(message -> message.labels() + " " + message.counts())
                .containsExactly(
                        "{instance=farm-1} " + new GroupEvent.Counts(2, 0, 0),
                        "{instance=farm-1} " + new GroupEvent.Counts(0, 0, 2));
    }

    @Test
    void a_route_that_says_so_sends_one_message_per_alert_of_one_cause_too() {
        bench = routed("routes: {receiver: ops, groupBy: []}");
        var cause = new AlertCause(AlertCause.Kind.SOURCE, "influx");

        bench.accept(own("a", AlertEvent.Type.FIRING, cause), own("b", AlertEvent.Type.FIRING, cause));

        assertThat(bench.states()).containsExactly("pending", "pending");
    }

    private static AlertEvent own(String monitor, AlertEvent.Type type, AlertCause cause) {
        var like = type == AlertEvent.Type.FIRING
                ? AlertEvents.of(monitor).firing(0)
                : AlertEvents.of(monitor).resolved(0);
        var incident = Ids.incident(Ids.alert(monitor), like.firingSince());
        return new AlertEvent(
                Ids.event(incident, type, like.slot()),
                type,
                Ids.alert(monitor),
                incident,
                monitor,
                Map.of(),
                like.labels(),
                like.status(),
                null,
                like.reason(),
                like.summary(),
                like.slot(),
                like.firingSince(),
                List.of(),
                null,
                null,
                cause,
                null);
    }
}
