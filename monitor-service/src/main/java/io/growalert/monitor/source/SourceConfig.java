package io.growalert.monitor.source;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The validated settings of one source. An implementation is a record: equal settings are equal configurations, and
 * secrets are kept as {@link io.growalert.definitions.Secret}, which is never shown.
 */
public interface SourceConfig {
    /**
     * What is wrong with this query for this kind of source, as far as can be told without asking: an unknown language,
     * an unknown parameter, a quote that does not end.
     *
     * @param language the monitor's {@code language}, or null when it names none
     */
    Optional<String> problemWith(@Nullable String language, String query);

    /** Whether the query uses the parameter {@code :from}, read as when it runs. */
    boolean usesFrom(@Nullable String language, String query);

    /** How many queries an open source can run at once, whatever its {@code limit} says. */
    default int connections() {
        return Integer.MAX_VALUE;
    }

    /** Connects when first asked, never here; a dead peer is no reason to throw. */
    Source open();
}
