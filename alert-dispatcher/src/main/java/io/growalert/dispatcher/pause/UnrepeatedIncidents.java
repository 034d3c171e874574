package io.growalert.dispatcher.pause;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The incidents that are not notified again: an operator has acknowledged them, or their monitors are paused. */
public final class UnrepeatedIncidents {
    private final JdbcClient jdbc;
    private final Pausing pausing;
    private final Function<Collection<String>, Set<String>> acknowledged;

    /** @param acknowledged those of some incidents that an operator has acknowledged */
    public UnrepeatedIncidents(
            JdbcClient jdbc, Pausing pausing, Function<Collection<String>, Set<String>> acknowledged) {
        this.jdbc = jdbc;
        this.pausing = pausing;
        this.acknowledged = acknowledged;
    }

    /** Whether it is known which monitors are paused. Until then nothing is repeated. */
    public boolean areKnown() {
        return pausing.isReady();
    }

    private static final String OF_MONITORS = """
            select id from dispatcher.incidents where id = any(:incidents) and monitor_id = any(:monitors)
            """;

    /** Those of these incidents that are not repeated, as far as it is known. */
    public Set<String> of(Collection<String> incidents) {
        var unrepeated = new HashSet<>(acknowledged.apply(incidents));
        var monitors = pausing.monitors();
        if (!monitors.isEmpty()) {
            unrepeated.addAll(jdbc.sql(OF_MONITORS)
                    .param("incidents", incidents.toArray(String[]::new))
                    .param("monitors", monitors.toArray(String[]::new))
                    .query(String.class)
                    .list());
        }
        return unrepeated;
    }
}
