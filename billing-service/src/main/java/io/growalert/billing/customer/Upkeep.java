package io.growalert.billing.customer;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Deletes requests and tries that nobody asks for any more. */
@Component
final class Upkeep implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final int BATCH = 1_000;
    private static final long EVERY_MINUTES = 10;

    private final Requests requests;
    private final Limits limits;
    private volatile @Nullable ScheduledExecutorService clock;

    Upkeep(Requests requests, Limits limits) {
        this.requests = requests;
        this.limits = limits;
    }

    @Override
    public void start() {
        var started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("customer-upkeep").factory());
        var _ = started.scheduleWithFixedDelay(this::tidy, 0, EVERY_MINUTES, TimeUnit.MINUTES);
        clock = started;
    }

    void tidy() {
        try {
            int deleted;
            do {
                deleted = requests.deleteOld(BATCH);
            } while (deleted == BATCH);
            do {
                deleted = limits.deleteOld(BATCH);
            } while (deleted == BATCH);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Old requests cannot be deleted; it is tried again");
        }
    }

    @Override
    public void stop() {
        var stopping = clock;
        if (stopping != null) {
            stopping.close();
            clock = null;
        }
    }

    @Override
    public boolean isRunning() {
        return clock != null;
    }
}
