package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which receivers have been notified of an incident so far. */
final class Shares {
    private final JdbcClient jdbc;

    Shares(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An incident and one of its receivers. */
    record Share(String incident, String receiver) {}

    private static final String ON_HOLD = """
            select distinct d.incident_id, d.receiver
            from dispatcher.deliveries d
                 join dispatcher.alert_events e on e.id = d.event_id
                 join dispatcher.mutes m on m.monitor_id = d.monitor_id
            where d.incident_id = any(:incidents) and d.state = 'held' and e.type = 'firing'
              and d.attempts = 0 and d.created_at >= m.created_at
            """;

    /** Returns the receivers that were not notified of these incidents: the firing is on hold, and no attempt was made. */
    Set<Share> onHold(Collection<AlertEvent> endings) {
        return endings.isEmpty()
                ? new HashSet<>()
                : new HashSet<>(jdbc.sql(ON_HOLD)
                        .param("incidents", Columns.texts(endings, AlertEvent::incident))
                        .query(Shares::share)
                        .list());
    }

    private static final String NOTIFIED = """
            select distinct incident_id, receiver from dispatcher.deliveries
            where alert_id = any(:alerts) and incident_id = any(:incidents) and state in ('delivered', 'pending', 'held')
            order by incident_id, receiver
            """;

    /** The receivers that were notified of the incidents that these events end, or will be. */
    List<Share> notified(Collection<AlertEvent> endings) {
        return endings.isEmpty()
                ? List.of()
                : jdbc.sql(NOTIFIED)
                        .param("alerts", Columns.texts(endings, AlertEvent::alert))
                        .param("incidents", Columns.texts(endings, AlertEvent::incident))
                        .query(Shares::share)
                        .list();
    }

    private static final String DROP_HELD = """
            update dispatcher.deliveries
            set state = 'muted', finished_at = clock_timestamp(), detail = 'started and ended while the monitor was muted'
            where state = 'held'
              and (incident_id, receiver) in (select * from unnest(:incidents::text[], :receivers::text[]))
            """;

    /** Ends the deliveries on hold for these receivers of an incident as muted. */
    void dropHeld(Collection<Share> over) {
        if (!over.isEmpty()) {
            jdbc.sql(DROP_HELD)
                    .param("incidents", Columns.texts(over, Share::incident))
                    .param("receivers", Columns.texts(over, Share::receiver))
                    .update();
        }
    }

    private static Share share(ResultSet row, int number) throws SQLException {
        return new Share(row.getString("incident_id"), row.getString("receiver"));
    }
}
