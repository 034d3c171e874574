package io.growalert.dispatcher.ack;

import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which incidents are acknowledged: an operator works on them, so that no receiver is reminded. */
public final class AcknowledgedIncidents {
    private final JdbcClient jdbc;
    private final InstantSource clock;

    public AcknowledgedIncidents(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    private static final String ACKNOWLEDGED = """
            select incident_id from dispatcher.incident_acknowledgements a
            where incident_id = any(:incidents) and %s
            """.formatted(Acknowledgement.inForce(":now"));

    /** Those of these incidents that are acknowledged now. The acknowledgement of a resolved incident is without meaning. */
    public Set<String> acknowledged(Collection<String> incidents) {
        return incidents.isEmpty()
                ? Set.of()
                : new HashSet<>(jdbc.sql(ACKNOWLEDGED)
                        .param("incidents", incidents.toArray(String[]::new))
                        .param("now", Columns.time(clock.instant()))
                        .query(String.class)
                        .list());
    }

    // one of a resolved incident ended with it
    private static final String END_DUE = """
            update dispatcher.incident_acknowledgements a
            set ended_at = a.until
            from dispatcher.incidents i
            where a.ended_at is null and a.until <= :now and i.id = a.incident_id and i.resolved_at is null
            returning a.incident_id
            """;

    /** Ends the acknowledgements whose time is over, and returns their incidents. */
    List<String> endDue() {
        return jdbc.sql(END_DUE)
                .param("now", Columns.time(clock.instant()))
                .query(String.class)
                .list();
    }

    private static final String UNTIL = """
            select incident_id, until from dispatcher.incident_acknowledgements a
            where incident_id = any(:incidents) and %s
            """.formatted(Acknowledgement.inForce(":now"));

    /** The end of each acknowledgement of these incidents that is in force; {@link Instant#MAX} for the incident's end. */
    Map<String, Instant> untils(Collection<String> incidents) {
        var untils = new HashMap<String, Instant>();
        jdbc.sql(UNTIL)
                .param("incidents", incidents.toArray(String[]::new))
                .param("now", Columns.time(clock.instant()))
                .query(row -> {
                    var until = Columns.optionalInstant(row, "until");
                    untils.put(row.getString("incident_id"), until == null ? Instant.MAX : until);
                });
        return untils;
    }

    private static final String ENDS = """
            select incident_id, least(ended_at, until) as ended from dispatcher.incident_acknowledgements
            where incident_id = any(:incidents) and least(ended_at, until) is not null
            """;

    /** When the last acknowledgement of each of these incidents ended, or will end by its time. */
    Map<String, Instant> ends(Collection<String> incidents) {
        var ends = new HashMap<String, Instant>();
        jdbc.sql(ENDS).param("incidents", incidents.toArray(String[]::new)).query(row -> {
            ends.put(row.getString("incident_id"), Columns.instant(row, "ended"));
        });
        return ends;
    }
}
