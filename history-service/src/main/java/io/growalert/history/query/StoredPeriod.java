package io.growalert.history.query;

import java.time.Duration;
import java.time.Instant;

/** The part of a requested period that can have values, so that no query goes through years without any. */
record StoredPeriod(Instant from, Instant to) {
    /** Partitions are dropped by days, and slots are at most a day ahead. */
    private static final Duration DAY = Duration.ofDays(1);

    /** @param raw the retention of values */
    static StoredPeriod of(Instant from, Instant to, Duration raw, Instant now) {
        return new StoredPeriod(Instants.latest(from, now.minus(raw).minus(DAY)), Instants.earliest(to, now.plus(DAY)));
    }
}
