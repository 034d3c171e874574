package io.growalert.billing.reconcile;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Reconciles by schedule, so that events that Stripe gave up to deliver are found without an operator. Its stop also ends a
 * requested reconciliation: it stops first, before the web server waits for requests.
 */
final class ScheduledReconciliation implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledReconciliation.class);

    private static final Duration AFTER_START = Duration.ofMinutes(10);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    /** Sooner, so that health recovers soon after an outage. */
    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(10);

    private final Reconciler reconciler;
    private final ReconciliationReports reports;
    private final Pauses pauses;
    private final ReconcileSettings settings;
    private final InstantSource clock;
    private volatile @Nullable Thread thread;

    ScheduledReconciliation(Reconciler reconciler, ReconciliationReports reports, Pauses pauses, ReconcileSettings settings, InstantSource clock) {
        this.reconciler = reconciler;
        this.reports = reports;
        this.pauses = pauses;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void start() {
        thread = Thread.ofPlatform().name("reconcile").start(this::runUntilStopped);
    }

    private void runUntilStopped() {
        if (settings.every().isZero()) {
            return;
        }
        try {
            pauses.pause(AFTER_START);
            while (true) {
                runWhenDue();
                pauses.pause(pauses.progress().isFailing() ? AFTER_A_FAILURE : INTERVAL);
            }
        } catch (Pauses.Stopped e) {
            LOG.atDebug().log("Scheduled reconciliation ended: the service is stopping");
        } catch (Throwable e) {
            pauses.progress().terminated(e.toString());
            throw e;
        }
    }

    /** True when one was due and this instance ran it. */
    boolean runWhenDue() {
        var progress = pauses.progress();
        progress.begin();
        try {
            boolean ran = run();
            progress.end();
            return ran;
        } catch (Pauses.Stopped e) {
            progress.end();
            throw e;
        } catch (RuntimeException e) {
            progress.failed(e);
            LOG.atWarn().setCause(e).log("Reconciliation failed; retrying");
            return false;
        } catch (Error e) {
            progress.failed(e);
            LOG.atError().setCause(e).log("Reconciliation failed with an internal error");
            return false;
        }
    }

    private boolean run() {
        var now = clock.instant();
        if (!reports.isDue(now, settings.every(), settings.lookBack())) {
            return false;
        }
        var turn = reconciler.begin();
        if (turn.isEmpty()) {
            return false;
        }
        try (var run = turn.get()) {
            // another instance may have been faster
            if (!reports.isDue(now, settings.every(), settings.lookBack())) {
                return false;
            }
            run.reconcile(now.minus(settings.lookBack()), _ -> pauses.progress().advanced());
            return true;
        }
    }

    @Override
    public void stop() {
        pauses.stop();
        var running = thread;
        if (running != null) {
            try {
                running.join(Duration.ofSeconds(15));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE;
    }
}
