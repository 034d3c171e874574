package io.growalert.benchmarks.process;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting for something to become true, within a bound. */
public final class Await {
    private Await() {}

    /** @throws IllegalStateException when it does not happen within the bound */
    public static void until(Duration bound, BooleanSupplier condition) throws InterruptedException {
        if (!happens(bound, condition)) {
            throw new IllegalStateException("did not happen within " + bound.toSeconds() + " s");
        }
    }

    /** Whether it happens within the bound. */
    public static boolean happens(Duration bound, BooleanSupplier condition) throws InterruptedException {
        var end = Instant.now().plus(bound);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return true;
    }
}
