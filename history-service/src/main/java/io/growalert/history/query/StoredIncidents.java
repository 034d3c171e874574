package io.growalert.history.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Incidents as the topics had them, also while the alert-dispatcher is unreachable. */
public final class StoredIncidents {
    private final JdbcClient jdbc;
    private final TopicProgress progress;

    public StoredIncidents(JdbcClient jdbc, TopicProgress progress) {
        this.jdbc = jdbc;
        this.progress = progress;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Transition(
            String type,
            Instant slot,
            String status,
            @Nullable Double value,
            String reason) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Notification(
            String type,
            Instant time,
            @Nullable String receiver,
            @Nullable String delivery,
            @Nullable Integer attempts,
            @Nullable String by,
            @Nullable Integer step) {}

    /** @param status of the last transition before it was resolved */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record View(
            Instant asOf,
            String id,
            String alert,
            String monitor,
            Map<String, String> series,
            Map<String, String> labels,
            String status,
            String reason,
            String summary,
            Instant from,
            @Nullable Instant to,
            List<Transition> transitions,
            List<Notification> notifications) {}

    private static final String READ = """
            select incident, alert, monitor, series::text as series, labels::text as labels, status, reason, summary, fired_at, resolved_at
            from history.alert_incidents where incident = :incident
            """;

    public Optional<View> read(String incident) {
        var asOf = progress.asOf();
        return jdbc.sql(READ)
                .param("incident", incident)
                .query((row, _) -> new View(
                        asOf,
                        row.getString("incident"),
                        row.getString("alert"),
                        row.getString("monitor"),
                        MonitorReader.labels(row.getString("series")),
                        MonitorReader.labels(row.getString("labels")),
                        row.getString("status"),
                        row.getString("reason"),
                        row.getString("summary"),
                        Columns.instant(row, "fired_at"),
                        Columns.optionalInstant(row, "resolved_at"),
                        transitions(incident),
                        notifications(incident)))
                .optional();
    }

    private List<Transition> transitions(String incident) {
        return jdbc.sql("""
                        select type, slot, status, value, reason from history.transitions
                        where incident = :incident order by slot, array_position(array['firing', 'reminder', 'resolved'], type) limit 1000
                        """)
                .param("incident", incident)
                .query((row, _) -> new Transition(
                        row.getString("type"),
                        Columns.instant(row, "slot"),
                        row.getString("status"),
                        (Double) row.getObject("value"),
                        row.getString("reason")))
                .list();
    }

    private List<Notification> notifications(String incident) {
        return jdbc.sql("""
                        select type, time, receiver, delivery, attempts, operator, step from history.notifications
                        where incident = :incident order by time, event limit 1000
                        """)
                .param("incident", incident)
                .query((row, _) -> new Notification(
                        row.getString("type"),
                        Columns.instant(row, "time"),
                        row.getString("receiver"),
                        row.getString("delivery"),
                        (Integer) row.getObject("attempts"),
                        row.getString("operator"),
                        (Integer) row.getObject("step")))
                .list();
    }
}
