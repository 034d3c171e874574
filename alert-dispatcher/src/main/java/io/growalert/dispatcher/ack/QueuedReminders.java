package io.growalert.dispatcher.ack;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import java.time.Instant;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reminders, repeats and escalations that are queued when their incident is acknowledged. */
final class QueuedReminders {
    private final JdbcClient jdbc;
    private final NotificationLog log;

    QueuedReminders(JdbcClient jdbc) {
        this.jdbc = jdbc;
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

    private record Dropped(String id, String incident, int step, int repetition) {}

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
    }
}
