package io.growalert.monitor.publish;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Since when nothing can be sent: for want of a broker, or because Kafka denies access. Sending is asynchronous, so a denial ends only
 * when Kafka acknowledges a record, not when the next ones are sent.
 */
final class Outage {
    private final LongSupplier nanoTime;
    private final Semaphore responses = new Semaphore(0);
    private volatile @Nullable Long since;
    private volatile boolean denied;

    Outage(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Responses to an earlier connection no longer count. */
    void connecting() {
        responses.drainPermits();
    }

    /** Nothing could be sent. */
    void begin() {
        if (since == null) {
            since = nanoTime.getAsLong();
        }
    }

    /** All could be sent; false while that is no success. */
    boolean end() {
        if (denied) {
            return false;
        }
        since = null;
        return true;
    }

    /** Zero without an outage. */
    Duration lasted() {
        var begun = since;
        return begun == null ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - begun);
    }

    void denied() {
        denied = true;
        responses.release();
    }

    void acknowledged() {
        if (denied) {
            denied = false;
            responses.release();
        }
    }

    /** After a denial: waits until Kafka responds to a record of this connection. */
    void awaitResponse(Duration atMost) throws InterruptedException {
        if (denied) {
            var _ = responses.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
