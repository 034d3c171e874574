package io.growalert.history.query;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Instants in queries. */
final class Instants {
    private Instants() {}

    /**
     * The end of a period.
     *
     * @param asOf until when values are stored: the end by default, unless the period begins later
     */
    static Instant end(@Nullable Instant from, @Nullable Instant to, Instant asOf) {
        if (to != null) {
            return to;
        }
        return from == null || from.isBefore(asOf) ? asOf : from.plus(1, ChronoUnit.MINUTES);
    }

    static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    static Instant earliest(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
