package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.AlertEvent;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which receivers have been notified of an incident so far. */
final class Shares {
    private final JdbcClient jdbc;
    private final NotificationLog log;

    Shares(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.log = new NotificationLog(jdbc);
    }

    /** An incident and one of its receivers. */
    record Share(String incident, String receiver) {}

    /**
     * The receivers of incidents.
     *
     * @param notified those that were notified, or will be
     * @param onHold those that were not: the firing has been on hold since it arrived, by a silence that is not over
     */
    record Known(List<Share> notified, Set<Share> onHold) {}

    private static final String KNOWN = """
            select incident_id, receiver,
                   bool_or(state = 'held' and started_inside and not held_by <@ :overdue::text[]) as on_hold
            from dispatcher.deliveries
            where alert_id = any(:alerts) and incident_id = any(:incidents) and state in ('delivered', 'pending', 'held')
            group by incident_id, receiver
            union all
            select incident_id, receiver, false from dispatcher.group_members
            where incident_id = any(:incidents) and not resolved
            order by incident_id, receiver
            """;

    /**
     * The receivers of the incidents that these events belong to.
     *
     * @param overdue holds that count as ended
     */
    Known of(Collection<AlertEvent> events, Collection<String> overdue) {
        var known = new Known(new ArrayList<>(), new HashSet<>());
        if (!events.isEmpty()) {
            jdbc.sql(KNOWN)
                    .param("alerts", Columns.texts(events, AlertEvent::alert))
                    .param("incidents", Columns.texts(events, AlertEvent::incident))
                    .param("overdue", overdue.toArray(String[]::new))
                    .query(row -> {
                        var share = new Share(row.getString("incident_id"), row.getString("receiver"));
                        known.notified().add(share);
                        if (row.getBoolean("on_hold")) {
                            known.onHold().add(share);
                        }
                    });
        }
        return known;
    }

    private static final String DROP_HELD = """
            update dispatcher.deliveries
            set state = 'muted', finished_at = clock_timestamp(), detail = 'started and ended inside a silence'
            where state = 'held'
              and (incident_id, receiver) in (select * from unnest(:incidents::text[], :receivers::text[]))
            returning id
            """;

    /** Drops the deliveries on hold for these receivers of an incident. */
    void dropHeld(Collection<Share> over) {
        if (!over.isEmpty()) {
            var dropped = jdbc.sql(DROP_HELD)
                    .param("incidents", Columns.texts(over, Share::incident))
                    .param("receivers", Columns.texts(over, Share::receiver))
                    .query(String.class)
                    .list();
            log.addDeliveries(NotificationEvent.Type.DELIVERY_DROPPED, dropped);
        }
    }
}
