package io.growalert.benchmarks.alerting;

import io.growalert.alerts.MonitorListener;
import io.growalert.alerts.Run;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts runs and missed slots, and how long after its slot each run started, in steps of 20 µs up to 2 s. */
final class StartDelays implements MonitorListener {
    private static final long STEP = Duration.ofNanos(20_000).toNanos();

    private final AtomicIntegerArray steps = new AtomicIntegerArray(100_000);
    private final LongAdder runs = new LongAdder();
    private final LongAdder missed = new LongAdder();

    @Override
    public void ran(Run run) {
        long delay = Duration.between(run.slot(), run.startedAt()).toNanos() / STEP;
        steps.incrementAndGet(Math.clamp(delay, 0, steps.length() - 1));
        runs.increment();
        missed.add(run.missedSlots());
    }

    void reset() {
        for (int i = 0; i < steps.length(); i++) {
            steps.set(i, 0);
        }
        runs.reset();
        missed.reset();
    }

    long runs() {
        return runs.sum();
    }

    long missed() {
        return missed.sum();
    }

    /** In milliseconds, rounded up to the step. */
    double quantile(double quantile) {
        long wanted = (long) Math.ceil(quantile * runs());
        long seen = 0;
        for (int i = 0; i < steps.length(); i++) {
            seen += steps.get(i);
            if (seen >= wanted) {
                return (i + 1) * STEP / 1e6;
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
