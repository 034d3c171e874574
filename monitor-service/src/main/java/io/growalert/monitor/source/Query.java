package io.growalert.monitor.source;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A query of a source.
 *
 * @param monitor the id of the querying monitor
 * @param language the query's language where a source supports several; null is the source's default
 * @param text the query, with the parameters {@code :from} and {@code :to}
 * @param from the start of the window (exclusive by convention); null when the monitor has no window
 * @param to the end of the window (inclusive by convention): the slot's own instant
 * @param timeout the total time for the answer; positive
 */
public record Query(
        String monitor,
        @Nullable String language,
        String text,
        @Nullable Instant from,
        Instant to,
        Duration timeout) {
    public Query {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a timeout must be positive, not " + timeout);
        }
    }

    /** The same query with this timeout. */
    public Query within(Duration timeout) {
        return new Query(monitor, language, text, from, to, timeout);
    }
}
