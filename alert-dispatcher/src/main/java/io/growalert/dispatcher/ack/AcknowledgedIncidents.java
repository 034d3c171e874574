package io.growalert.dispatcher.ack;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
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
            select incident_id from dispatcher.incident_acknowledgements
            where incident_id = any(:incidents) and ended_at is null and (until is null or until > :now)
            """;

    /** Those of these incidents that are acknowledged now. The acknowledgement of a resolved incident is without meaning. */
    public Set<String> acknowledged(Collection<String> incidents) {
        return incidents.isEmpty()
                ? Set.of()
                : new HashSet<>(jdbc.sql(ACKNOWLEDGED)
                        .param("incidents", incidents.toArray(String[]::new))
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .query(String.class)
                        .list());
    }
}
