package io.growalert.billing.ledger;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tells the ledger that an event was stored. A call of {@link #wake} while nobody waits cuts the next wait short. */
public final class LedgerSignal {
    private final Semaphore calls = new Semaphore(0);

    public void wake() {
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
