package io.growalert.dispatcher.ack;

import io.growalert.dispatcher.group.GroupMembers;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reminders, repeats and escalations that are queued when their incident is acknowledged. */
public final class QueuedReminders {
    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final NotificationLog log;

    public QueuedReminders(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.log = new NotificationLog(jdbc);
    }

    // every statement locks rows in the same order, which prevents deadlocks
    private static final String DROP = """
            with queued as materialized (
                select d.id from dispatcher.incidents i
                     join dispatcher.deliveries d on d.alert_id = i.alert_id and d.incident_id = i.id
                     join dispatcher.alert_events e on e.id = d.event_id
                where i.id = any(:incidents) and d.state in ('pending', 'held') and d.lease_owner is null
                  and (e.type = 'reminder' or d.escalation_step is not null)
                order by d.sequence, d.id
                for update of d
            )
            update dispatcher.deliveries d
            set state = 'muted', finished_at = clock_timestamp(), detail = 'acknowledged'
            from queued
            where d.id = queued.id and d.lease_owner is null
            returning d.id, d.incident_id, d.escalation_step, d.repetition
            """;

    // its receivers were not notified: it waits for the end of the acknowledgement
    private static final String RESUME = """
            update dispatcher.escalations
            set state = 'waiting', due_at = :now
            where incident_id = :incident and step = :step and state = 'done' and notified = :repetition + 1
            """;

    // the lock of a group's message waits for this, or the member is notified
    private static final String DROP_MEMBERS = """
            delete from dispatcher.group_members m using dispatcher.groups g
            where m.incident_id = any(:incidents) and not m.notified and not m.resolved and g.id = m.group_id
              and jsonb_exists(g.labels, :label)
            returning m.incident_id, (g.labels ->> :label)::int as step
            """;

    private record DroppedMember(String incident, int step) {}

    private static final String RESUME_JOINED = """
            update dispatcher.escalations
            set state = 'waiting', due_at = :now
            where incident_id = :incident and step = :step and state = 'done' and notified = 1
            """;

    private record Dropped(String id, String incident, int step, int repetition) {}

    private static final String ACKNOWLEDGED = """
            select distinct d.incident_id
            from dispatcher.deliveries d
                 join dispatcher.alert_events e on e.id = d.event_id
                 join dispatcher.incident_acknowledgements a on a.incident_id = d.incident_id
            where d.id = any(:ids) and (e.type = 'reminder' or d.escalation_step is not null)
              and a.ended_at is null and (a.until is null or a.until > :now)
            order by d.incident_id
            """;

    /** Drops those of these deliveries whose incidents were acknowledged while they were in flight. */
    public void dropAcknowledged(Collection<String> deliveries) {
        if (deliveries.isEmpty()) {
            return;
        }
        var now = clock.instant();
        var incidents = jdbc.sql(ACKNOWLEDGED)
                .param("now", FurtherSteps.time(now))
                .param("ids", deliveries.toArray(String[]::new))
                .query(String.class)
                .list();
        if (!incidents.isEmpty()) {
            drop(incidents, now);
        }
    }

    /** Drops them, except those in flight. An escalation whose only notification is dropped waits again. */
    void drop(Collection<String> incidents, Instant now) {
        var all = jdbc.sql(DROP)
                .param("incidents", incidents.toArray(String[]::new))
                .query((row, n) -> new Dropped(
                        row.getString("id"),
                        row.getString("incident_id"),
                        row.getInt("escalation_step"),
                        row.getInt("repetition")))
                .list();
        log.addDeliveries(
                NotificationEvent.Type.DELIVERY_DROPPED,
                all.stream().map(Dropped::id).toList());
        all.stream().filter(dropped -> dropped.step() > 0).forEach(dropped -> jdbc.sql(RESUME)
                .param("incident", dropped.incident())
                .param("step", dropped.step())
                .param("repetition", dropped.repetition())
                .param("now", FurtherSteps.time(now))
                .update());
        jdbc.sql(DROP_MEMBERS)
                .param("incidents", incidents.toArray(String[]::new))
                .param("label", GroupMembers.ESCALATION)
                .query((row, n) -> new DroppedMember(row.getString("incident_id"), row.getInt("step")))
                .list()
                .forEach(dropped -> jdbc.sql(RESUME_JOINED)
                        .param("incident", dropped.incident())
                        .param("step", dropped.step())
                        .param("now", FurtherSteps.time(now))
                        .update());
    }
}
