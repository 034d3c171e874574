package io.growalert.history.ingest;

import io.growalert.events.AlertEvent;
import io.growalert.events.NotificationEvent;
import io.growalert.events.StorableText;
import io.growalert.history.store.Micros;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores incidents with their transitions, and what became of their notifications. */
final class IncidentWriter {
    private final JdbcClient jdbc;

    IncidentWriter(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The status of an incident is that of its last event before it was resolved. */
    private static final String INCIDENT = """
            insert into history.alert_incidents
                (incident, alert, monitor, series, labels, status, reason, summary, fired_at, resolved_at)
            values (:incident, :alert, :monitor, :series::jsonb, :labels::jsonb, :status, :reason, :summary, :firedAt, :resolvedAt)
            on conflict (incident) do update set
                status = case when alert_incidents.resolved_at is null and excluded.resolved_at is null
                              then excluded.status else alert_incidents.status end,
                reason = case when alert_incidents.resolved_at is null and excluded.resolved_at is null
                              then excluded.reason else alert_incidents.reason end,
                summary = case when alert_incidents.resolved_at is null and excluded.resolved_at is null
                              then excluded.summary else alert_incidents.summary end,
                resolved_at = coalesce(alert_incidents.resolved_at, excluded.resolved_at)
            """;

    private static final String TRANSITION = """
            insert into history.transitions (event, incident, type, slot, status, value, reason)
            values (:event, :incident, :type, :slot, :status, :value, :reason) on conflict do nothing
            """;

    /** Within the caller's transaction; an event that is stored already changes nothing. */
    void storeAlerts(List<AlertEvent> events) {
        for (var event : events) {
            int added = jdbc.sql(TRANSITION)
                    .param("event", StorableText.of(event.id()))
                    .param("incident", StorableText.of(event.incident()))
                    .param("type", event.type().wire())
                    .param("slot", Micros.utc(event.slot()))
                    .param("status", event.status().name())
                    .param("value", event.value())
                    .param("reason", StorableText.of(event.reason()))
                    .update();
            if (added > 0) {
                storeIncident(event);
            }
        }
    }

    private void storeIncident(AlertEvent event) {
        jdbc.sql(INCIDENT)
                .param("incident", StorableText.of(event.incident()))
                .param("alert", StorableText.of(event.alert()))
                .param("monitor", StorableText.of(event.monitor()))
                .param("series", TrackedMonitors.json(StorableText.of(event.series())))
                .param("labels", TrackedMonitors.json(StorableText.of(event.labels())))
                .param("status", event.status().name())
                .param("reason", StorableText.of(event.reason()))
                .param("summary", StorableText.of(event.summary()))
                .param("firedAt", Micros.utc(event.firingSince()))
                .param("resolvedAt", resolvedAt(event), Types.TIMESTAMP_WITH_TIMEZONE)
                .update();
    }

    private static @Nullable OffsetDateTime resolvedAt(AlertEvent event) {
        return event.type() == AlertEvent.Type.RESOLVED ? Micros.utc(event.slot()) : null;
    }

    private static final String NOTIFICATION = """
            insert into history.notifications
                (event, incident, silence, type, time, delivery, receiver, attempts, operator, step)
            values (:event, :incident, :silence, :type, :time, :delivery, :receiver, :attempts, :operator, :step)
            on conflict do nothing
            """;

    /** Within the caller's transaction. */
    void storeNotifications(List<NotificationEvent> events) {
        for (var event : events) {
            jdbc.sql(NOTIFICATION)
                    .param("event", StorableText.of(event.id()))
                    .param("incident", storable(event.incident()))
                    .param("silence", storable(event.silence()))
                    .param("type", event.type().wire())
                    .param("time", Micros.utc(event.time()))
                    .param("delivery", storable(event.delivery()))
                    .param("receiver", storable(event.receiver()))
                    .param("attempts", event.attempts())
                    .param("operator", storable(event.by()))
                    .param("step", event.step())
                    .update();
        }
    }

    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : StorableText.of(text);
    }
}
