package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Undelivered reminders that a later event replaced. What first notifies a receiver of the incident is none: an escalation, or a
 * reminder to a receiver that was added.
 */
final class OutdatedReminders {
    private final JdbcClient jdbc;
    private final NotificationLog log;

    OutdatedReminders(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.log = new NotificationLog(jdbc);
    }

    // every statement locks rows in the same order, which prevents deadlocks
    private static final String SUPERSEDE = """
            with outdated as materialized (
                select d.id
                from dispatcher.deliveries d join dispatcher.alert_events e on e.id = d.event_id
                where d.alert_id = any(:alerts) and d.state in ('pending', 'held') and d.lease_owner is null
                  and (e.type = 'reminder' and coalesce(d.escalation_step, 0) = 0 or d.repetition > 0)
                  and exists (select from dispatcher.deliveries later
                                   join dispatcher.alert_events event on event.id = later.event_id
                              where later.alert_id = d.alert_id and later.receiver = d.receiver
                                and later.sequence > d.sequence and later.state <> 'muted'
                                and (event.type = 'reminder'
                                     or event.type = 'resolved'
                                        and exists (select from dispatcher.deliveries earlier
                                                         join dispatcher.alert_events known on known.id = earlier.event_id
                                                    where earlier.alert_id = d.alert_id and earlier.receiver = d.receiver
                                                      and earlier.incident_id = d.incident_id and earlier.id <> d.id
                                                      and earlier.sequence <= d.sequence
                                                      and (earlier.state in ('delivered', 'parked')
                                                           or earlier.state in ('pending', 'held')
                                                              and (known.type = 'firing' or earlier.escalation_step > 0)
                                                              and earlier.repetition = 0))))
                order by d.sequence, d.id
                for update of d
            )
            update dispatcher.deliveries d
            set state = 'superseded', finished_at = clock_timestamp(),
                detail = 'superseded by a later event of this alert; ' || coalesce('the last attempt: ' || detail, 'not attempted')
            from outdated
            where d.id = outdated.id
            returning d.id
            """;

    /** Supersedes the undelivered reminders of these alerts that a later reminder or the resolution replaced, except those in flight. */
    void supersede(Collection<String> alerts) {
        if (!alerts.isEmpty()) {
            var superseded = jdbc.sql(SUPERSEDE)
                    .param("alerts", alerts.toArray(String[]::new))
                    .query(String.class)
                    .list();
            log.addDeliveries(NotificationEvent.Type.DELIVERY_SUPERSEDED, superseded);
        }
    }
}
