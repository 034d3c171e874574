package io.growalert.billing.reconcile;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits that end at once when the service stops. */
final class Pauses {
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Progress progress;

    Pauses() {
        this(new Progress("reconcile"));
    }

    Pauses(Progress progress) {
        this.progress = progress;
    }

    /** Of the scheduled reconciliation: each pause between two requests is a step of it. */
    Progress progress() {
        return progress;
    }

    /** The service stops; the repairs made so far stay. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("the service is stopping", null, false, false);
        }
    }

    void stop() {
        stop.countDown();
    }

    /** Waits; throws {@link Stopped} when the service stops. */
    void pause(Duration duration) {
        progress.advanced();
        try {
            if (stop.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Stopped();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        }
    }
}
