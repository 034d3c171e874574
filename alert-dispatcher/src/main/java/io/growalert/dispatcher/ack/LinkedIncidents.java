package io.growalert.dispatcher.ack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.link.AckToken;
import io.growalert.events.Json;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The incidents that a link in a message is about. */
public final class LinkedIncidents {
    private final JdbcClient jdbc;
    private final InstantSource clock;

    public LinkedIncidents(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * An incident and its acknowledgement in force.
     *
     * @param series such as {@code room=office}; empty for the alert of the monitor itself
     */
    public record Linked(
            String incident,
            String monitor,
            String series,
            String status,
            String summary,
            Instant firedAt,
            @Nullable Instant resolvedAt,
            @Nullable Acknowledgement acknowledgement) {
        public boolean isResolved() {
            return resolvedAt != null;
        }

        public boolean needsAcknowledgement() {
            return resolvedAt == null && acknowledgement == null;
        }
    }

    private static final String FIND = """
            select i.id as incident_id, i.monitor_id, i.series, i.status, coalesce(nullif(i.summary, ''), i.reason) as summary,
                   i.fired_at, i.resolved_at, a.created_by, a.until, a.comment, a.created_at
            from dispatcher.incidents i
                 left join dispatcher.incident_acknowledgements a
                 on a.incident_id = i.id and i.resolved_at is null and %s
            where i.id in (%%s)
            order by i.resolved_at is null desc, i.fired_at desc, i.id
            """.formatted(Acknowledgement.inForce(":now"));

    private static final String ONE = FIND.formatted("select :id");
    private static final String OF_MESSAGE = FIND.formatted("""
            select g.incident_id from dispatcher.group_message_incidents g
                 join dispatcher.alert_events e on e.id = g.event_id
            where g.message_id = :id and e.type <> 'resolved'
            """);

    /** The open ones first; a group's message has those that fired in it. */
    public List<Linked> of(AckToken token) {
        var sql =
                switch (token.kind()) {
                    case INCIDENT -> ONE;
                    case GROUP_MESSAGE -> OF_MESSAGE;
                };
        return jdbc.sql(sql)
                .param("id", token.id())
                .param("now", Columns.time(clock.instant()))
                .query(LinkedIncidents::linked)
                .list();
    }

    private static Linked linked(ResultSet row, int number) throws SQLException {
        return new Linked(
                row.getString("incident_id"),
                row.getString("monitor_id"),
                series(row.getString("series")),
                row.getString("status"),
                row.getString("summary"),
                Columns.instant(row, "fired_at"),
                Columns.optionalInstant(row, "resolved_at"),
                row.getString("created_by") == null ? null : IncidentAcknowledgements.acknowledgement(row, number));
    }

    private static String series(String json) {
        Map<?, ?> series = Json.read(json.getBytes(UTF_8), Map.class);
        return new TreeMap<>(series)
                .entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(", "));
    }
}
