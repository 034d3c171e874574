package io.growalert.sandbox.object;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what is due once a second, so that renewals happen, and emit their events, without a request. */
public final class Ticker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Ticker.class);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sandbox-ticker").factory());

    /**
     * @param tick what is due by now, under the store's lock
     */
    public Ticker(Store store, Runnable tick) {
        var _ = thread.scheduleWithFixedDelay(
                () -> {
                    try {
                        store.locked(() -> {
                            tick.run();
                            return true;
                        });
                    } catch (RuntimeException e) {
                        log.atError().setCause(e).log("Running what is due failed; retrying in 1 s");
                    }
                },
                1,
                1,
                TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
