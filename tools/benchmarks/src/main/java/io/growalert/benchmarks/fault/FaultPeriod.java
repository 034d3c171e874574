package io.growalert.benchmarks.fault;

import java.time.Instant;

/**
 * When a fault was there.
 *
 * @param from when it began
 * @param repaired when what was broken ran again
 * @param healthy when everything was healthy, or the time to become so was over
 * @param isRecovered whether everything was healthy in time
 * @param to when the time without a fault after it was over
 */
public record FaultPeriod(
        Fault fault, Instant from, Instant repaired, Instant healthy, boolean isRecovered, Instant to) {
    public String name() {
        return fault.name();
    }

    /** With the time without a fault after it. */
    public TimeSpan whole() {
        return new TimeSpan(from, to);
    }

    public TimeSpan untilHealthy() {
        return new TimeSpan(from, healthy);
    }

    public double secondsUntilRepaired() {
        return new TimeSpan(from, repaired).seconds();
    }

    /** From the repair on. */
    public double secondsUntilHealthy() {
        return new TimeSpan(repaired, healthy).seconds();
    }
}
