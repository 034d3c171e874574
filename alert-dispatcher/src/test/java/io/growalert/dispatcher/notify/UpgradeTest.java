package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.TestDatabase;
import io.growalert.dispatcher.ack.Escalations;
import io.growalert.dispatcher.history.ReceiverActivity;
import io.growalert.dispatcher.pause.Pausing;
import io.growalert.dispatcher.route.RouteFiles;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.events.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database of the version before. */
class UpgradeTest {
    @Test
    void what_was_parked_before_is_unacknowledged_and_can_be_redriven() {
        try (var database = TestDatabase.empty()) {
            migrate(database, "2");
            database.jdbc().sql("""
                    insert into dispatcher.alert_events (id, alert_id, incident_id, monitor_id, type, slot, body)
                    values ('e', 'a', 'i', 'room-co2', 'firing', now(), '{}')
                    """).update();
            database.jdbc().sql("""
                    insert into dispatcher.deliveries (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver,
                                                       state, attempts, lease_owner, finished_at, detail)
                    values ('parked', 'e', 1, 'a', 'i', 'room-co2', 'ops', 'parked', 3, null, now() - interval '9 days', 'no'),
                           ('delivered', 'e', 1, 'a', 'i', 'room-co2', 'night', 'delivered', 1, null, now(), 'ok'),
                           ('pending', 'e', 1, 'a', 'i', 'room-co2', 'day', 'pending', 1, 'gone:1', null, 'busy')
                    """).update();

            migrate(database, "latest");

            var acknowledgements = new ParkedAcknowledgements(database.jdbc(), database.transaction());
            assertThat(acknowledgements.unacknowledged()).containsExactly(Map.entry("ops", 1L));
            assertThat(database.jdbc()
                            .sql("select state from dispatcher.deliveries order by id")
                            .query(String.class)
                            .list())
                    .containsExactly("delivered", "parked", "pending");
            var silences = new Silences(database.jdbc(), database.transaction(), InstantSource.system());
            assertThat(new Redrive(database.jdbc(), database.transaction(), acknowledgements, silences)
                            .redrive("parked", false))
                    .isEqualTo(new Redrive.Result.Due());
            assertThat(acknowledgements.unacknowledged()).isEmpty();
        }
    }

    @Test
    void mutes_and_what_they_held_become_silences() {
        try (var database = TestDatabase.empty()) {
            migrate(database, "4");
            var jdbc = database.jdbc();
            var now = Instant.now();
            jdbc.sql("""
                    insert into dispatcher.mutes (monitor_id, until, comment, created_at)
                    values ('room-co2', now() + interval '1 hour', 'cleaning', now() - interval '1 hour')
                    """).update();
            jdbc.sql("""
                    insert into dispatcher.alert_events (id, alert_id, incident_id, monitor_id, type, slot, body)
                    values ('e1', 'a', 'i1', 'room-co2', 'firing', now(), '{}'),
                           ('e2', 'b', 'i2', 'room-co2', 'firing', now(), '{}'),
                           ('e3', 'c', 'i3', 'other', 'firing', now(), '{}'),
                           ('e4', 'd', 'i4', 'was-muted', 'firing', now(), '{}')
                    """).update();
            jdbc.sql("""
                    insert into dispatcher.deliveries (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state,
                                                       attempts, created_at, lease_owner)
                    values ('1-inside', 'e1', 1, 'a', 'i1', 'room-co2', 'ops', 'held', 0, now(), null),
                           ('2-queued-before', 'e2', 2, 'b', 'i2', 'room-co2', 'ops', 'held', 0, now() - interval '2 hours', null),
                           ('3-in-flight', 'e2', 2, 'b', 'i2', 'room-co2', 'night', 'pending', 1, now(), 'gone:1'),
                           ('4-other', 'e3', 3, 'c', 'i3', 'other', 'ops', 'pending', 0, now(), null),
                           ('5-mute-over', 'e4', 4, 'd', 'i4', 'was-muted', 'ops', 'held', 0, now(), null)
                    """).update();

            migrate(database, "latest");

            var silences = new Silences(jdbc, database.transaction(), InstantSource.system());
            assertThat(silences.mutes()).singleElement().satisfies(mute -> {
                assertThat(mute.monitor()).isEqualTo("room-co2");
                assertThat(mute.comment()).isEqualTo("cleaning");
            });
            assertThat(silences.list(null)).singleElement().satisfies(silence -> {
                assertThat(silence.matchers()).containsExactly("monitor=room-co2");
                assertThat(silence.origin()).isEqualTo(Silence.Origin.MONITOR);
                assertThat(silence.state(now)).isEqualTo(Silence.State.ACTIVE);
            });
            assertThat(jdbc.sql(
                                    "select id || ' ' || state || ' ' || started_inside || ' ' || array_to_string(held_by, ',')"
                                            + " from dispatcher.deliveries order by id")
                            .query(String.class)
                            .list())
                    .containsExactly(
                            "1-inside held true monitor-room-co2",
                            "2-queued-before held false monitor-room-co2",
                            "3-in-flight pending false monitor-room-co2",
                            "4-other pending false ",
                            "5-mute-over pending false ");

            assertThat(silences.unmute("room-co2")).isPresent();
            assertThat(jdbc.sql("select distinct state from dispatcher.deliveries")
                            .query(String.class)
                            .list())
                    .containsExactly("pending");
        }
    }

    @Test
    void open_incidents_and_pending_deliveries_of_before_are_notified_alert_by_alert(@TempDir Path folder)
            throws IOException {
        try (var database = TestDatabase.empty()) {
            migrate(database, "7");
            var jdbc = database.jdbc();
            var co2 = AlertEvents.of("room-co2");
            var firing = co2.firing(0);
            jdbc.sql("""
                    insert into dispatcher.alert_events (id, alert_id, incident_id, monitor_id, type, slot, body)
                    values (:id, :alert, :incident, 'room-co2', 'firing', now(), :body)
                    """)
                    .param("id", firing.id())
                    .param("alert", firing.alert())
                    .param("incident", firing.incident())
                    .param("body", new String(Json.write(firing), UTF_8))
                    .update();
            jdbc.sql("""
                    insert into dispatcher.incidents (id, alert_id, monitor_id, series, labels, status, reason, summary, fired_at)
                    values (:incident, :alert, 'room-co2', '{}', '{}', 'FAILED', '', '', now())
                    """)
                    .param("alert", firing.alert())
                    .param("incident", firing.incident())
                    .update();
            jdbc.sql("""
                    insert into dispatcher.deliveries (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state)
                    values ('pending', :event, 1, :alert, :incident, 'room-co2', 'ops', 'pending')
                    """)
                    .param("event", firing.id())
                    .param("alert", firing.alert())
                    .param("incident", firing.incident())
                    .update();

            migrate(database, "latest");

            var file = Files.writeString(
                    folder.resolve("farm.yml"),
                    "receivers: {ops: {log: {}}}\nroutes: {receiver: ops, groupBy: [site]}\n");
            var routes = RouteFiles.read(List.of(file), new Variables(Map.of()), new Problems());
            var clock = InstantSource.system();
            var silences = new Silences(jdbc, database.transaction(), clock);
            var escalations = new Escalations(
                    jdbc, database.transaction(), silences, () -> routes, receiver -> true, Pausing.NONE, clock);
            var pipeline =
                    new Pipeline(jdbc, database.transaction(), silences, escalations, () -> routes, _ -> true, clock);
            var resolved = co2.resolved(0);
            pipeline.accept(List.of(new Arrival(
                    resolved, new String(Json.write(resolved), UTF_8), new Arrival.Offset("topic", 0, 0, 0))));

            assertThat(jdbc.sql("select event_id || ' ' || state from dispatcher.deliveries order by sequence, id desc")
                            .query(String.class)
                            .list())
                    .containsExactlyInAnyOrder(firing.id() + " pending", resolved.id() + " pending");
            assertThat(jdbc.sql("select count(*) from dispatcher.group_members")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    void the_attempts_of_before_are_those_of_their_receivers() {
        try (var database = TestDatabase.empty()) {
            migrate(database, "11");
            database.jdbc().sql("""
                    insert into dispatcher.alert_events (id, alert_id, incident_id, monitor_id, type, slot, body)
                    values ('e', 'a', 'i', 'room-co2', 'firing', now(), '{}')
                    """).update();
            database.jdbc().sql("""
                    insert into dispatcher.deliveries (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state)
                    values ('d', 'e', 1, 'a', 'i', 'room-co2', 'ops', 'delivered')
                    """).update();
            database.jdbc().sql("""
                    insert into dispatcher.attempts (delivery_id, attempt, started_at, duration_ms, outcome)
                    values ('d', 1, '2026-11-24T12:00:00Z', 5, 'retry'), ('d', 2, '2026-11-24T12:00:10Z', 5, 'delivered')
                    """).update();

            migrate(database, "latest");

            assertThat(new ReceiverActivity(database.jdbc(), "one").read(List.of("ops")))
                    .containsExactly(new ReceiverActivity.Entry(
                            "ops",
                            0,
                            0,
                            0,
                            false,
                            Instant.parse("2026-11-24T12:00:10.005Z"),
                            Instant.parse("2026-11-24T12:00:00.005Z"),
                            null));
        }
    }

    private static void migrate(TestDatabase database, String target) {
        Flyway.configure()
                .dataSource(database.pool())
                .schemas("dispatcher")
                .locations("classpath:db/alert-dispatcher")
                .target(target)
                .load()
                .migrate();
    }
}
