package io.growalert.benchmarks.fault;

import java.time.Duration;
import java.time.Instant;

/**
 * A time between two instants.
 *
 * @param from inclusive
 * @param to exclusive
 */
public record TimeSpan(Instant from, Instant to) {
    public boolean includes(Instant at) {
        return !at.isBefore(from) && at.isBefore(to);
    }

    public double seconds() {
        return Duration.between(from, to).toMillis() / 1e3;
    }

    /** With this much more before and after it; negative: less. */
    public TimeSpan widened(Duration before, Duration after) {
        return new TimeSpan(from.minus(before), to.plus(after));
    }
}
