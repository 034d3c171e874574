package io.growalert.monitor.source;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The validated settings of one source. An implementation is a record: equal settings are equal configurations, and
 * secrets are {@link io.growalert.definitions.Secret}s, which are never shown.
 */
public interface SourceConfig {
    /**
     * The problem of this query for this kind of source, as far as it can be detected without connecting: an unknown language, an
     * unknown parameter, an unterminated quote.
     *
     * @param language the monitor's {@code language}, or null when it names none
     */
    Optional<String> problemWith(@Nullable String language, String query);

    /** Whether the query uses the parameter {@code :from}, parsed as for a run. */
    boolean usesFrom(@Nullable String language, String query);

    /** The maximum number of concurrent queries of an open source, independent of its {@code limit}. */
    default int connections() {
        return Integer.MAX_VALUE;
    }

    /** Connects at the first query, not here, so that an unreachable server does not make this fail. */
    Source open();
}
