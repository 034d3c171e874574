package io.growalert.dispatcher.ack;

import io.growalert.dispatcher.group.GroupMembers;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reminders, repeats and escalations that are queued when their incident is acknowledged. */
public final class QueuedReminders {
    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final NotificationLog log;
    private final QueuedMessages messages;

    public QueuedReminders(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.log = new NotificationLog(jdbc);
        this.messages = new QueuedMessages(jdbc);
    }

    // every statement locks rows in the same order, which prevents deadlocks
    private static final String DROP = """
            with queued as materialized (
                select d.id from dispatcher.incidents i
                     join dispatcher.deliveries d on d.alert_id = i.alert_id and d.incident_id = i.id
                     join dispatcher.alert_events e on e.id = d.event_id
                where i.id = any(:incidents) and d.state in ('pending', 'held')
                  and (d.lease_owner is null or d.due_at <= clock_timestamp())
                  and (e.type = 'reminder' or d.escalation_step is not null)
                order by d.sequence, d.id
                for update of d
            )
            update dispatcher.deliveries d
            set state = 'muted', lease_owner = null, finished_at = clock_timestamp(), detail = 'acknowledged'
            from queued
            where d.id = queued.id and (d.lease_owner is null or d.due_at <= clock_timestamp())
            returning d.id, d.incident_id, d.receiver, d.escalation_route, d.escalation_step, d.repetition
            """;

    // its receivers were not notified: it waits for the end of the acknowledgement
    private static final String RESUME = """
            with dropped as (
                select e.incident_id, e.route, e.step, array_agg(d.receiver) as receivers
                from unnest(:incidents::text[], :receivers::text[], :routes::text[], :steps::int[], :repetitions::int[])
                          as d (incident, receiver, route, step, repetition)
                     join dispatcher.escalations e
                     on e.incident_id = d.incident and e.step = d.step and d.receiver = any(e.receivers)
                where (d.route is null or e.route = d.route) and (d.repetition is null or e.notified = d.repetition + 1)
                  and (e.state = 'done' or e.state = 'waiting' and e.resumed_for is not null)
                group by e.incident_id, e.route, e.step
            )
            update dispatcher.escalations e
            set state = 'waiting', due_at = :now,
                resumed_for = array(select unnest(case when e.state = 'waiting' then e.resumed_for end)
                                    union select unnest(d.receivers))
            from dropped d
            where e.incident_id = d.incident_id and e.route = d.route and e.step = d.step
            """;

    // the lock of a group's message waits for this, or the member is notified
    // in the order in which the members of a group are locked while its message is formed
    private static final String LOCK_MEMBERS = """
            select incident_id from dispatcher.group_members
            where incident_id = any(:incidents)
            order by incident_id, receiver
            for update
            """;

    private static final String DROP_MEMBERS = """
            delete from dispatcher.group_members m using dispatcher.groups g
            where m.incident_id = any(:incidents) and not m.notified and not m.resolved and g.id = m.group_id
              and jsonb_exists(g.labels, :label)
            returning m.incident_id, m.receiver, (g.labels ->> :label)::int as step
            """;

    private static final String DROP_ESCALATED = """
            with escalated as materialized (
                select incident_id, receiver, escalation from dispatcher.group_members
                where incident_id = any(:incidents) and escalation is not null and not resolved
                order by incident_id, receiver
                for update
            )
            update dispatcher.group_members m
            set escalation = null
            from escalated e
            where m.incident_id = e.incident_id and m.receiver = e.receiver
            returning m.incident_id, m.receiver, e.escalation as step
            """;

    /**
     * An incident of which a receiver is not notified by this step.
     *
     * @param route null: each that has the receiver
     * @param repetition null: each
     */
    private record Dropped(
            String incident,
            String receiver,
            @Nullable String route,
            int step,
            @Nullable Integer repetition) {
        static Dropped member(String incident, String receiver, int step) {
            return new Dropped(incident, receiver, null, step, null);
        }

        static Dropped member(ResultSet row, int number) throws SQLException {
            return member(row.getString("incident_id"), row.getString("receiver"), row.getInt("step"));
        }
    }

    /** @param delivery to a receiver of the step */
    private record DroppedDelivery(String id, Dropped delivery) {}

    private static final String ACKNOWLEDGED = """
            select distinct d.incident_id
            from dispatcher.deliveries d
                 join dispatcher.alert_events e on e.id = d.event_id
                 join dispatcher.incident_acknowledgements a on a.incident_id = d.incident_id
            where d.id = any(:ids) and (e.type = 'reminder' or d.escalation_step is not null)
              and %s
            order by d.incident_id
            """.formatted(Acknowledgement.inForce(":now"));

    /** Drops those of these deliveries whose incidents were acknowledged while they were in flight. */
    public void dropAcknowledged(Collection<String> deliveries) {
        if (deliveries.isEmpty()) {
            return;
        }
        var now = clock.instant();
        var incidents = jdbc.sql(ACKNOWLEDGED)
                .param("now", Columns.time(now))
                .param("ids", deliveries.toArray(String[]::new))
                .query(String.class)
                .list();
        if (!incidents.isEmpty()) {
            drop(incidents, now);
        }
    }

    private static final String MISSED = """
            select distinct a.incident_id
            from dispatcher.incident_acknowledgements a
                 join dispatcher.incidents i on i.id = a.incident_id
                 join dispatcher.deliveries d on d.alert_id = i.alert_id and d.incident_id = i.id
                 join dispatcher.alert_events e on e.id = d.event_id
            where %s
              and d.state in ('pending', 'held') and (d.lease_owner is null or d.due_at <= clock_timestamp())
              and (e.type = 'reminder' or d.escalation_step is not null)
            order by a.incident_id
            """.formatted(Acknowledgement.inForce(":now"));

    /**
     * Drops those that were in flight when their incident was acknowledged, and whose attempt ended unrecorded or at the same time.
     * Call it in a transaction.
     */
    void dropMissed(Instant now) {
        var incidents = jdbc.sql(MISSED)
                .param("now", Columns.time(now))
                .query(String.class)
                .list();
        if (!incidents.isEmpty()) {
            drop(incidents, now);
        }
    }

    /** Drops them, except those in flight. An escalation whose only notification is dropped waits again. */
    void drop(Collection<String> incidents, Instant now) {
        messages.lock(incidents);
        var deliveries = jdbc.sql(DROP)
                .param("incidents", incidents.toArray(String[]::new))
                .query((row, n) -> new DroppedDelivery(
                        row.getString("id"),
                        new Dropped(
                                row.getString("incident_id"),
                                row.getString("receiver"),
                                row.getString("escalation_route"),
                                row.getInt("escalation_step"),
                                row.getInt("repetition"))))
                .list();
        log.addDeliveries(
                NotificationEvent.Type.DELIVERY_DROPPED,
                deliveries.stream().map(DroppedDelivery::id).toList());
        jdbc.sql(LOCK_MEMBERS)
                .param("incidents", incidents.toArray(String[]::new))
                .query(row -> {});
        var members = jdbc.sql(DROP_MEMBERS)
                .param("incidents", incidents.toArray(String[]::new))
                .param("label", GroupMembers.ESCALATION)
                .query(Dropped::member)
                .list();
        var escalated = jdbc.sql(DROP_ESCALATED)
                .param("incidents", incidents.toArray(String[]::new))
                .query(Dropped::member)
                .list();
        var missed = messages.drop(incidents, now).stream()
                .map(one -> Dropped.member(one.incident(), one.receiver(), one.step()));
        resume(
                Stream.of(
                                deliveries.stream().map(DroppedDelivery::delivery),
                                members.stream(),
                                escalated.stream(),
                                missed)
                        .flatMap(Function.identity())
                        .filter(dropped -> dropped.step() > 0)
                        .toList(),
                now);
    }

    private void resume(Collection<Dropped> dropped, Instant now) {
        if (!dropped.isEmpty()) {
            jdbc.sql(RESUME)
                    .param("incidents", Columns.texts(dropped, Dropped::incident))
                    .param("receivers", Columns.texts(dropped, Dropped::receiver))
                    .param("routes", Columns.texts(dropped, Dropped::route))
                    .param("steps", Columns.numbers(dropped, Dropped::step))
                    .param(
                            "repetitions",
                            dropped.stream().map(Dropped::repetition).toArray(Integer[]::new))
                    .param("now", Columns.time(now))
                    .update();
        }
    }
}
