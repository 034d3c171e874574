package io.growalert.dispatcher.notify;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Waiting that can be cut short. A call of {@link #wake} while nobody waits cuts the next wait short. */
final class Waiter {
    private final Semaphore calls = new Semaphore(0);

    void wake() {
        if (calls.availablePermits() == 0) {
            calls.release();
        }
    }

    /** True when it was woken. */
    boolean await(Duration atMost) throws InterruptedException {
        boolean woken = calls.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
        calls.drainPermits();
        return woken;
    }
}
