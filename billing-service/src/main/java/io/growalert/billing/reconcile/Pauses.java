package io.growalert.billing.reconcile;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/** Waits that end at once when the service stops. */
final class Pauses implements ApplicationListener<ContextClosedEvent> {
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile @Nullable Progress progress;

    /** Of the scheduled reconciliation: each pause between two requests is a step of it. */
    void advance(Progress progress) {
        this.progress = progress;
    }

    /** The service stops; the repairs made so far stay. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("the service is stopping", null, false, false);
        }
    }

    /** Before the web server waits for its requests, a reconciliation among them. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        stop();
    }

    void stop() {
        stop.countDown();
    }

    /** Waits; throws {@link Stopped} when the service stops. */
    void pause(Duration duration) {
        var scheduled = progress;
        if (scheduled != null) {
            scheduled.advanced();
        }
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
