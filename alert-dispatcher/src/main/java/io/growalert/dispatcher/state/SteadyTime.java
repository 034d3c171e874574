package io.growalert.dispatcher.state;

import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * The clock of Kafka Streams: the wall clock at the start, monotonic from then on. Punctuations and commits are due at absolute
 * times; with a wall clock that is set back they would stop until that time is reached again.
 */
final class SteadyTime implements Time {
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();

    @Override
    public long milliseconds() {
        return startMillis + (System.nanoTime() - startNanos) / 1_000_000;
    }

    @Override
    public long nanoseconds() {
        return System.nanoTime();
    }

    @Override
    public void sleep(long millis) {
        Time.SYSTEM.sleep(millis);
    }

    @Override
    public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMillis)
            throws InterruptedException {
        // the deadline is by this clock, which may differ from the system's
        long left = Math.max(0, deadlineMillis - milliseconds());
        Time.SYSTEM.waitObject(object, condition, Time.SYSTEM.milliseconds() + left);
    }
}
