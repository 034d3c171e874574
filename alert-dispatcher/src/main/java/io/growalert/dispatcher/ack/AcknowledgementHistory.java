package io.growalert.dispatcher.ack;

import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The acknowledgements of incidents, also those that ended, for operators. */
public final class AcknowledgementHistory {
    private final JdbcClient jdbc;
    private final InstantSource clock;

    public AcknowledgementHistory(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * An acknowledgement.
     *
     * @param by the operator, or {@code link:} and the receiver whose message had the link
     * @param until null for the incident's end
     * @param endedAt by an operator, by its time or with the incident; null while it is in force
     */
    public record Entry(
            String by,
            Instant at,
            @Nullable Instant until,
            @Nullable Instant endedAt,
            String comment) {}

    private static final String LAST = """
            select a.created_by, a.created_at, a.until, a.comment,
                   least(a.ended_at, i.resolved_at, case when a.until <= :now then a.until end) as ended
            from dispatcher.incident_acknowledgements a join dispatcher.incidents i on i.id = a.incident_id
            where a.incident_id = :incident
            """;

    /** The last acknowledgement of an incident; empty when it never was acknowledged. */
    public List<Entry> of(String incident) {
        return jdbc.sql(LAST)
                .param("incident", incident)
                .param("now", Columns.time(clock.instant()))
                .query(AcknowledgementHistory::entry)
                .list();
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                row.getString("created_by"),
                Columns.instant(row, "created_at"),
                Columns.optionalInstant(row, "until"),
                Columns.optionalInstant(row, "ended"),
                row.getString("comment"));
    }
}
