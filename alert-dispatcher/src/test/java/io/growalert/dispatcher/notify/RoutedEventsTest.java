package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** From events to deliveries by the routes, on a real database. */
@SuppressWarnings("NullAway.Init")
class RoutedEventsTest {
    private static final String[] RECEIVERS = {"ops: {fake: {}}", "pager: {fake: {}}", "grower: {fake: {}}"};
    private static final String BY_ROOM = """
            routes:
              receiver: ops
              routes:
                - {match: ["room=office"], receivers: [pager, ops], continue: true}
                - {match: ["site=north", "status=FAILED"], receivers: [pager, grower]}
            """;

    // the bench's time is noon of a Tuesday
    private static final String AT_NIGHT = """
            routes:
              receiver: ops
              active: [{days: [mon-fri], from: "18:00", to: "06:00", zone: UTC}]
            """;

    @TempDir
    Path folder;

    private NotifierBench bench;

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void an_event_without_receivers_has_those_of_its_branches_each_once() {
        bench = routed(BY_ROOM);

        bench.accept(AlertEvents.of("co2").firing(0));

        assertThat(receivers(AlertEvents.of("co2").firing(0))).containsExactly("grower", "ops", "pager");
        assertThat(bench.count("pending")).isEqualTo(3);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_firing_without_a_receiver_and_without_routes_is_a_warning(CapturedOutput output) {
        bench = new NotifierBench(folder, RECEIVERS);
        var events = AlertEvents.of("unheard");

        bench.accept(events.firing(0), events.reminder(0, 1), events.resolved(0));

        assertThat(output.toString().lines().filter(line -> line.contains("Alert has no receiver")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("WARN", events.alert()));
    }

    @Test
    void an_event_with_receivers_does_not_use_the_routes_unless_its_monitor_says_so() {
        bench = routed(BY_ROOM);
        var plain = AlertEvents.of("plain", "grower").firing(0);
        var both = withRoutes(AlertEvents.of("both", "grower").firing(0));

        bench.accept(plain, both);

        assertThat(receivers(plain)).containsExactly("grower");
        assertThat(receivers(both)).containsExactly("grower", "ops", "pager");
    }

    @Test
    void without_routes_an_event_without_receivers_is_stored_only() {
        bench = new NotifierBench(folder, RECEIVERS);

        assertThat(bench.accept(AlertEvents.of("co2").firing(0))).isEqualTo(1);

        assertThat(receivers(AlertEvents.of("co2").firing(0))).isEmpty();
    }

    @Test
    void a_resolution_reaches_those_that_were_notified_though_its_status_leads_elsewhere() {
        bench = routed("""
                routes:
                  receiver: ops
                  routes: [{match: ["status=FAILED"], receiver: pager}]
                """);
        var events = AlertEvents.of("co2");
        bench.accept(events.firing(0));

        bench.accept(events.resolved(0));

        assertThat(receivers(events.resolved(0))).containsExactly("pager");
    }

    @Test
    void a_resolution_reaches_those_that_were_notified_before_the_routes_changed() {
        bench = routed("routes: {receiver: pager}");
        var events = AlertEvents.of("co2");
        bench.accept(events.firing(0));
        bench.finish("pager", new Outcome.Delivered("ok"));

        bench.defineFile(file("routes: {receiver: ops}"));
        bench.accept(events.reminder(0, 1), events.resolved(0));

        assertThat(receivers(events.reminder(0, 1))).containsExactly("ops");
        assertThat(receivers(events.resolved(0))).containsExactly("ops", "pager");
    }

    @Test
    void a_resolution_of_an_incident_that_no_receiver_knows_is_routed() {
        bench = routed("routes: {receiver: ops}");

        bench.accept(AlertEvents.of("co2").resolved(0));

        assertThat(receivers(AlertEvents.of("co2").resolved(0))).containsExactly("ops");
    }

    @Test
    void broken_routes_change_nothing() {
        bench = routed("routes: {receiver: pager}");

        bench.defineFile(file("routes: {receiver: absent}"));
        bench.accept(AlertEvents.of("co2").firing(0));

        assertThat(receivers(AlertEvents.of("co2").firing(0))).containsExactly("pager");
    }

    @Test
    void what_starts_outside_the_active_hours_and_outlives_that_time_is_delivered_at_its_end() {
        bench = routed(AT_NIGHT);
        bench.accept(AlertEvents.of("co2").firing(0));
        assertThat(bench.states()).containsExactly("held");

        bench.pass(Duration.ofHours(6).minusSeconds(1));
        bench.upkeep().tidy();
        assertThat(bench.states()).containsExactly("held");

        bench.pass(Duration.ofSeconds(1));
        bench.upkeep().tidy();
        assertThat(bench.states()).containsExactly("pending");
        bench.finish("ops", new Outcome.Delivered("ok"));
        assertThat(bench.states()).containsExactly("delivered");
    }

    @Test
    void what_starts_and_ends_outside_the_active_hours_is_not_delivered() {
        bench = routed(AT_NIGHT);
        var events = AlertEvents.of("co2");

        bench.accept(events.firing(0));
        bench.accept(events.reminder(0, 1));
        bench.accept(events.resolved(0));

        assertThat(bench.states()).containsExactly("muted", "muted", "muted");
    }

    @Test
    void what_was_notified_and_ends_in_a_mute_interval_is_reported_resolved_at_its_end() {
        bench = routed("""
                routes:
                  receiver: ops
                  routes:
                    - match: ["status=FAILED"]
                      receiver: pager
                      mute: [{from: "13:00", to: "14:00", zone: UTC}]
                """);
        var events = AlertEvents.of("co2");
        bench.accept(events.firing(0));
        bench.finish("pager", new Outcome.Delivered("ok"));

        bench.pass(Duration.ofHours(1));
        bench.accept(events.reminder(0, 1));
        bench.accept(events.resolved(0));
        assertThat(bench.states()).containsExactly("delivered", "muted", "held");

        bench.pass(Duration.ofHours(1));
        bench.upkeep().tidy();
        assertThat(bench.states()).containsExactly("delivered", "muted", "pending");
    }

    @Test
    void a_branch_that_is_active_notifies_whatever_the_hours_of_another_one_are() {
        bench = routed("""
                routes:
                  receiver: ops
                  routes:
                    - {receivers: [pager, ops], mute: [{from: "11:00", to: "13:00", zone: UTC}], continue: true}
                    - {match: ["site=north"], receiver: ops}
                """);

        bench.accept(AlertEvents.of("co2").firing(0));

        assertThat(bench.states()).containsExactly("pending", "held");
    }

    @Test
    void the_monitors_own_receivers_have_no_hours() {
        bench = routed(AT_NIGHT);

        bench.accept(withRoutes(AlertEvents.of("co2", "ops").firing(0)));

        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void an_interval_that_is_over_drops_no_resolution_before_housekeeping_ends_it() {
        bench = routed(AT_NIGHT);
        var events = AlertEvents.of("co2");
        bench.accept(events.firing(0));

        bench.pass(Duration.ofHours(7));
        bench.accept(events.resolved(0));
        bench.upkeep().tidy();

        assertThat(bench.states()).containsExactly("pending", "pending");
    }

    private NotifierBench routed(String routes) {
        var created = new NotifierBench(folder, RECEIVERS);
        created.defineFile(file(routes));
        return created;
    }

    private static String file(String routes) {
        return "receivers:\n  " + String.join("\n  ", RECEIVERS) + "\n" + routes;
    }

    private static AlertEvent withRoutes(AlertEvent event) {
        return new AlertEvent(
                event.id(),
                event.type(),
                event.alert(),
                event.incident(),
                event.monitor(),
                event.series(),
                event.labels(),
                event.status(),
                event.value(),
                event.reason(),
                event.summary(),
                event.slot(),
                event.firingSince(),
                event.receivers(),
                true,
                event.unit(),
                event.cause(),
                event.rule());
    }

    private List<String> receivers(AlertEvent event) {
        return bench.jdbc
                .sql("select receiver from dispatcher.deliveries where event_id = :event order by receiver")
                .param("event", event.id())
                .query(String.class)
                .list();
    }
}
