package io.growalert.billing.customer;

import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.customer.limit.CustomerCallBudget;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.signin.SignInLinks;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Deletes requests, attempts, links and ended sessions that have expired. */
@Component
final class CustomerCleanup implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CustomerCleanup.class);
    private static final int BATCH = 1_000;
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(10);

    private final IdempotentRequests requests;
    private final AttemptLimits limits;
    private final SignInLinks links;
    private final Sessions sessions;
    private final CustomerCallBudget budget;
    private final Progress progress;
    private volatile @Nullable ScheduledExecutorService clock;

    @Autowired
    CustomerCleanup(
            IdempotentRequests requests, AttemptLimits limits, SignInLinks links, Sessions sessions, CustomerCallBudget budget) {
        this(requests, limits, links, sessions, budget, new Progress("customer-upkeep"));
    }

    CustomerCleanup(
            IdempotentRequests requests,
            AttemptLimits limits,
            SignInLinks links,
            Sessions sessions,
            CustomerCallBudget budget,
            Progress progress) {
        this.requests = requests;
        this.limits = limits;
        this.links = links;
        this.sessions = sessions;
        this.budget = budget;
        this.progress = progress;
    }

    @Override
    public void start() {
        var started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("customer-upkeep").factory());
        clock = started;
        started.execute(() -> tidyAndGoOn(started));
    }

    Progress progress() {
        return progress;
    }

    private void tidyAndGoOn(ScheduledExecutorService thread) {
        var pause = tidy() ? EVERY : AFTER_A_FAILURE;
        try {
            var _ = thread.schedule(() -> tidyAndGoOn(thread), pause.toSeconds(), TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("No more upkeep, as the service stops");
        }
    }

    /** False when it failed. */
    boolean tidy() {
        progress.begin();
        try {
            deleteAll(() -> requests.deleteOld(BATCH));
            deleteAll(() -> limits.deleteOld(BATCH));
            deleteAll(() -> links.deleteOld(BATCH));
            deleteAll(() -> sessions.deleteOld(BATCH));
            deleteAll(() -> budget.deleteOld(BATCH));
            progress.end();
            return true;
        } catch (RuntimeException e) {
            progress.failed(e);
            LOG.atWarn().setCause(e).log("Deleting expired requests failed; retrying");
        } catch (Throwable e) {
            progress.failed(e);
            LOG.atError().setCause(e).log("Deleting old requests failed with an internal error; retrying");
        }
        return false;
    }

    private void deleteAll(IntSupplier batch) {
        while (batch.getAsInt() == BATCH) {
            progress.advanced();
        }
    }

    @Override
    public void stop() {
        var stopping = clock;
        if (stopping != null) {
            stopping.shutdownNow();
            stopping.close();
            clock = null;
        }
    }

    @Override
    public boolean isRunning() {
        return clock != null;
    }
}
