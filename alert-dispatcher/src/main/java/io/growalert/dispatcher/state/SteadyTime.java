package io.growalert.dispatcher.state;

import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * The time that Kafka Streams goes by: the wall clock's at the start, and from then on what really passed. Its punctuations and
 * commits are due at absolute times; by a wall clock that is set back they would not happen until that time comes again.
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
        // the deadline is ours, and the system's clock may differ
        long left = Math.max(0, deadlineMillis - milliseconds());
        Time.SYSTEM.waitObject(object, condition, Time.SYSTEM.milliseconds() + left);
    }
}
