package io.growalert.dispatcher.history;

import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A period of a list.
 *
 * @param from inclusive; null: from the beginning
 * @param to exclusive; null: without end
 */
public record Period(@Nullable Instant from, @Nullable Instant to) {
    public static final Period ALWAYS = new Period(null, null);

    @Nullable
    OffsetDateTime start() {
        return from == null ? null : Columns.time(from);
    }

    @Nullable
    OffsetDateTime end() {
        return to == null ? null : Columns.time(to);
    }
}
