package io.growalert.dispatcher.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.growalert.dispatcher.ack.Acknowledgement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Incidents, events and deliveries for operators. Results are limited to 1,000 rows. */
public final class IncidentHistory {
    static final int MAX_ROWS = 1_000;

    private final JdbcClient jdbc;

    public IncidentHistory(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An acknowledgement in force.
     *
     * @param until null for the incident's end
     */
    public record AckView(String by, @Nullable Instant until, String comment, Instant at) {}

    /**
     * An incident's current state; the series and the labels are JSON objects.
     *
     * @param paused why its monitor is paused while it is open; null when it is not paused
     */
    public record Incident(
            String incident,
            String alert,
            String monitor,
            @JsonRawValue String series,
            @JsonRawValue String labels,
            String status,
            @Nullable Double value,
            String reason,
            String summary,
            Instant firingSince,
            @Nullable Instant resolvedAt,
            @Nullable AckView acknowledged,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String paused) {
        /** @param reason by the monitor's id */
        public Incident pausedBy(Function<String, @Nullable String> reason) {
            var why = resolvedAt == null ? reason.apply(monitor) : null;
            return why == null
                    ? this
                    : new Incident(
                            incident,
                            alert,
                            monitor,
                            series,
                            labels,
                            status,
                            value,
                            this.reason,
                            summary,
                            firingSince,
                            resolvedAt,
                            acknowledged,
                            why);
        }
    }

    /** A delivery's current state: of an event, or of a group's message, which has {@code group} and {@code groupMessage} instead. */
    public record Delivery(
            String id,
            @Nullable String event,
            @Nullable String alert,
            @Nullable String incident,
            @Nullable String monitor,
            @Nullable String group,
            @Nullable String groupMessage,
            String receiver,
            String state,
            int attempts,
            Instant createdAt,
            @Nullable Instant dueAt,
            @Nullable Instant finishedAt,
            @Nullable String detail) {}

    /** An alert's incidents, events and deliveries, the latest first; each event unchanged from the topic. */
    public record AlertHistory(String alert, List<Incident> incidents, List<Event> events, List<Delivery> deliveries) {
        /** @param reason by the monitor's id */
        public AlertHistory pausedBy(Function<String, @Nullable String> reason) {
            var shown = incidents.stream()
                    .map(incident -> incident.pausedBy(reason))
                    .toList();
            return new AlertHistory(alert, shown, events, deliveries);
        }
    }

    public record Event(Instant receivedAt, @JsonRawValue String event) {}

    static final String INCIDENT = """
            select id, alert_id, monitor_id, series, labels, status, value, reason, summary, fired_at, resolved_at,
                   created_by, until, comment, created_at
            from dispatcher.incidents
                 left join dispatcher.incident_acknowledgements a
                 on a.incident_id = id and resolved_at is null and %s
            """.formatted(Acknowledgement.inForce("now()"));

    /** The open incidents, the newest first. */
    public List<Incident> open() {
        return jdbc.sql(INCIDENT + "where resolved_at is null order by fired_at desc, id limit " + MAX_ROWS)
                .query(IncidentHistory::incident)
                .list();
    }

    public Optional<AlertHistory> of(String alert) {
        var incidents = jdbc.sql(INCIDENT + "where alert_id = :alert order by fired_at desc limit " + MAX_ROWS)
                .param("alert", alert)
                .query(IncidentHistory::incident)
                .list();
        return incidents.isEmpty()
                ? Optional.empty()
                : Optional.of(new AlertHistory(alert, incidents, events(alert), deliveries(alert)));
    }

    private List<Event> events(String alert) {
        return jdbc.sql("select received_at, body from dispatcher.alert_events where alert_id = :alert"
                        + " order by sequence desc limit " + MAX_ROWS)
                .param("alert", alert)
                .query((row, n) -> new Event(time(row, "received_at"), row.getString("body")))
                .list();
    }

    static final String DELIVERY = """
            select id, event_id, alert_id, incident_id, monitor_id, group_message_id, receiver, state, attempts, created_at,
                   case when state = 'pending' then due_at end as due_at, finished_at, detail
            from dispatcher.deliveries
            """;

    private static final String OF_ALERT = """
            where id in (select id from dispatcher.deliveries where alert_id = :alert
                         union
                         select d.id from dispatcher.incidents i
                              join dispatcher.group_message_incidents m on m.incident_id = i.id
                              join dispatcher.deliveries d on d.group_message_id = m.message_id
                         where i.alert_id = :alert)
            order by sequence desc, receiver
            limit :limit
            """;

    private List<Delivery> deliveries(String alert) {
        return jdbc.sql(DELIVERY + OF_ALERT)
                .param("limit", MAX_ROWS)
                .param("alert", alert)
                .query(IncidentHistory::delivery)
                .list();
    }

    static Incident incident(ResultSet row, int number) throws SQLException {
        return new Incident(
                row.getString("id"),
                row.getString("alert_id"),
                row.getString("monitor_id"),
                row.getString("series"),
                row.getString("labels"),
                row.getString("status"),
                row.getObject("value", Double.class),
                row.getString("reason"),
                row.getString("summary"),
                time(row, "fired_at"),
                timeOrNull(row, "resolved_at"),
                row.getString("created_by") == null
                        ? null
                        : new AckView(
                                row.getString("created_by"),
                                timeOrNull(row, "until"),
                                row.getString("comment"),
                                time(row, "created_at")),
                null);
    }

    static Delivery delivery(ResultSet row, int number) throws SQLException {
        var message = row.getString("group_message_id");
        return new Delivery(
                row.getString("id"),
                row.getString("event_id"),
                message == null ? row.getString("alert_id") : null,
                row.getString("incident_id"),
                row.getString("monitor_id"),
                message == null ? null : row.getString("alert_id"),
                message,
                row.getString("receiver"),
                row.getString("state"),
                row.getInt("attempts"),
                time(row, "created_at"),
                timeOrNull(row, "due_at"),
                timeOrNull(row, "finished_at"),
                row.getString("detail"));
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
