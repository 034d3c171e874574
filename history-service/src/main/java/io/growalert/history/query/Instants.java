package io.growalert.history.query;

import java.time.Instant;

/** Instants in queries. */
final class Instants {
    private Instants() {}

    static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    static Instant earliest(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
