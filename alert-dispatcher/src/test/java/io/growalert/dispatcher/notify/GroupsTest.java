package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.ack.IncidentAcknowledgements.Terms;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertCause;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.GroupEvent.Change;
import io.growalert.events.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From events to messages of groups, on a real database. */
@SuppressWarnings("NullAway.Init")
class GroupsTest {
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final String[] RECEIVERS = {"ops: {fake: {}}", "pager: {fake: {}}", "plain: {fake: {groups: false}}"
    };
    private static final String BY_SITE = """
            routes: {receiver: ops, groupBy: [site], groupWait: 10s, groupInterval: 1m}
            """;
    private static final String REPEATING = """
            routes: {receiver: ops, groupBy: [site], groupWait: 10s, groupInterval: 1m, repeat: 1h}
            """;
    private static final AlertEvents OFFICE = AlertEvents.of("co2");
    private static final AlertEvents LAB = OFFICE.withSeries(Map.of("room", "lab"));
    private static final AlertEvents SOUTH = OFFICE.withSeries(Map.of("room", "barn", "site", "south"));

    @TempDir
    Path folder;

    private NotifierBench bench;

    @AfterEach
    void close() {
        bench.close();
    }

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

    private void acknowledge(AlertEvents events) {
        bench.incidents.acknowledge(events.firing(0).incident(), new Terms(null, ""), "anna");
    }

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

    @Test
    void what_fires_on_is_repeated_while_a_new_alert_waits_for_its_hours() {
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
        assertThat(bench.formAfter(Duration.ofMinutes(30))).isOne();

        assertThat(last().counts()).isEqualTo(new GroupEvent.Counts(0, 1, 0));
    }

    private void notified() {
        assertThat(bench.formAfter(WAIT)).isOne();
        bench.finish("ops", DELIVERED);
    }

    private GroupEvent last() {
        return bench.messages().getLast();
    }

    private static List<String> rooms(GroupEvent message, Change change) {
        return message.alerts(change).stream()
                .map(event -> event.series().getOrDefault("room", ""))
                .sorted()
                .toList();
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

    private NotifierBench routed(String routes) {
        var created = new NotifierBench(folder, RECEIVERS);
        created.defineFile(file(routes));
        return created;
    }

    private void define(String routes) {
        bench.defineFile(file(routes));
    }

    private static String file(String routes) {
        return "receivers:\n  " + String.join("\n  ", RECEIVERS) + "\n" + routes;
    }

    private List<String> receivers() {
        return bench.jdbc
                .sql("select receiver from dispatcher.deliveries order by sequence, receiver")
                .query(String.class)
                .list();
    }

    private List<String> members() {
        return bench.jdbc
                .sql("select incident_id from dispatcher.group_members")
                .query(String.class)
                .list();
    }
}
