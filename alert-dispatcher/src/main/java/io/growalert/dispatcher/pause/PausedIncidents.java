package io.growalert.dispatcher.pause;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The incidents of paused monitors. */
public final class PausedIncidents {
    private final JdbcClient jdbc;
    private final Pausing pausing;

    public PausedIncidents(JdbcClient jdbc, Pausing pausing) {
        this.jdbc = jdbc;
        this.pausing = pausing;
    }

    private static final String OF_MONITORS = """
            select id from dispatcher.incidents where id = any(:incidents) and monitor_id = any(:monitors)
            """;

    /** Those of these incidents whose monitors are paused; all, until it is known which are. */
    public Set<String> of(Collection<String> incidents) {
        if (!pausing.isReady()) {
            return Set.copyOf(incidents);
        }
        var monitors = pausing.monitors();
        return monitors.isEmpty()
                ? Set.of()
                : new HashSet<>(jdbc.sql(OF_MONITORS)
                        .param("incidents", incidents.toArray(String[]::new))
                        .param("monitors", monitors.toArray(String[]::new))
                        .query(String.class)
                        .list());
    }

    /** Those of some incidents whose monitors are paused, and those of others. */
    public Function<Collection<String>, Set<String>> or(Function<Collection<String>, Set<String>> others) {
        return incidents -> {
            var both = new HashSet<>(others.apply(incidents));
            both.addAll(of(incidents));
            return both;
        };
    }
}
