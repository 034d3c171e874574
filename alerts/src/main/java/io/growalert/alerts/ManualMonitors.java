package io.growalert.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * Monitors whose time advances only by {@link #tick}. Due monitors run on the ticking thread, slot by slot, before {@code tick}
 * returns. A check that calls {@code tick} takes that long, and times out accordingly:
 *
 * <pre>{@code
 * Check slow = context -> {
 *     monitors.tick(Duration.ofSeconds(20));
 *     return CheckOutcome.passed();
 * };
 * }</pre>
 */
public final class ManualMonitors extends Monitors {
    private final ManualTime time;

    ManualMonitors(Builder builder, ManualTime time, Executor executor) {
        super(builder, time, executor, ManualMonitors::runUninterrupted);
        this.time = time;
    }

    public Instant now() {
        return time.now();
    }

    /** Advances time by this duration and runs everything that is due until then, inclusive. */
    public void tick(Duration duration) {
        tick(now().plus(duration));
    }

    /**
     * Advances time to {@code to} and runs everything that is due until then, inclusive.
     *
     * @throws IllegalArgumentException when {@code to} is in the past
     */
    public void tick(Instant to) {
        if (to.isBefore(now())) {
            throw new IllegalArgumentException("time goes forward: it is " + now() + " already, after " + to);
        }
        while (nanosToNext() <= nanosUntil(to)) {
            time.advance(Math.max(0, nanosToNext()));
            runDue();
        }
        time.advance(Math.max(0, nanosUntil(to)));
    }

    /** Sets the clock alone, forward or back, as an administrator does; then runs what is due. */
    void setClock(Instant to) {
        time.setClock(to);
        runDue();
    }

    /** Lets time pass while nothing runs, as when the JVM is suspended; then runs what is due. */
    void freeze(Duration duration) {
        time.freeze(duration.toNanos());
        runDue();
    }

    private void runDue() {
        while (step()) {}
    }

    private long nanosUntil(Instant to) {
        return Duration.between(now(), to).toNanos();
    }

    /** A check that ticks past its own deadline is interrupted; the listener and the alert are not. */
    private static void runUninterrupted(Runnable task) {
        boolean interrupted = Thread.interrupted();
        try {
            task.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
