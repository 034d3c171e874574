package io.growalert.runtime.loop;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A wait that {@link #wake} ends early. A wake-up while no thread waits ends the next wait at once. */
public final class Waiter {
    private final Semaphore calls = new Semaphore(0);

    public void wake() {
        if (calls.availablePermits() == 0) {
            calls.release();
        }
    }

    /** True when it was woken before the time was over. */
    public boolean await(Duration atMost) throws InterruptedException {
        boolean woken = calls.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
        calls.drainPermits();
        return woken;
    }
}
