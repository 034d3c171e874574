package io.growalert.benchmarks.alerting;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** When something was on hold: from the response to the request that began it until the request that ended it. */
final class HoldPeriods {
    /** What was in flight when it began may arrive after it. */
    private static final Duration IN_FLIGHT = Duration.ofSeconds(3);

    private record Period(Instant from, Instant to) {}

    private final List<Period> ended = new ArrayList<>();
    private Instant began = Instant.MAX;

    boolean isOpen() {
        return !began.equals(Instant.MAX);
    }

    void begin() {
        began = Instant.now();
    }

    /** Before the request that ends it. */
    void end() {
        ended.add(new Period(began, Instant.now()));
        began = Instant.MAX;
    }

    int count() {
        return ended.size();
    }

    /** Whether nothing may arrive at this instant. */
    boolean forbid(Instant arrival) {
        return ended.stream()
                .anyMatch(period -> arrival.isAfter(period.from().plus(IN_FLIGHT)) && arrival.isBefore(period.to()));
    }

    /** Whether what began and ended at these slots began on hold and outlived the hold. */
    boolean outlivedBy(Instant fired, Instant resolved) {
        return ended.stream()
                .anyMatch(period -> fired.isAfter(period.from().plusSeconds(1))
                        && fired.isBefore(period.to().minusSeconds(1))
                        && resolved.isAfter(period.to().plusSeconds(2)));
    }

    /** The end of the last one. */
    Instant lastEnd() {
        return ended.getLast().to();
    }
}
