package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.fault.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** When something was on hold: from the response to the request that began it until the request that ended it. */
final class HoldPeriods {
    /** What was in flight when it began may arrive after it. */
    private static final Duration IN_FLIGHT = Duration.ofSeconds(3);

    /** A slot this far from both ends of a hold is on hold for certain. */
    private static final Duration INSIDE = Duration.ofSeconds(1);

    private final List<TimeSpan> ended = new ArrayList<>();
    private Instant began = Instant.MAX;

    boolean isOpen() {
        return !began.equals(Instant.MAX);
    }

    void begin() {
        began = Instant.now();
    }

    /** Before the request that ends it. */
    void end() {
        ended.add(new TimeSpan(began, Instant.now()));
        began = Instant.MAX;
    }

    int count() {
        return ended.size();
    }

    /** Whether nothing may arrive at this instant. */
    boolean forbid(Instant arrival) {
        return ended.stream().anyMatch(hold -> hold.widened(IN_FLIGHT.negated(), Duration.ZERO)
                .includes(arrival));
    }

    /** Whether what began and ended at these slots began on hold and outlived the hold. */
    boolean outlivedBy(Instant fired, Instant resolved) {
        return ended.stream()
                .anyMatch(
                        hold -> hold.widened(INSIDE.negated(), INSIDE.negated()).includes(fired)
                                && resolved.isAfter(hold.to().plusSeconds(2)));
    }

    /** The end of the last one. */
    Instant lastEnd() {
        return ended.getLast().to();
    }
}
