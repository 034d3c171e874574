package io.growalert.billing.reconcile;

import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles by schedule, so that events that Stripe gave up to deliver are found without an operator. The reports decide when
 * one is due: the task looks each minute, on any instance.
 */
final class ScheduledReconciliation {
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
    private final Instant earliest;

    ScheduledReconciliation(
            Reconciler reconciler,
            ReconciliationReports reports,
            Pauses pauses,
            ReconcileSettings settings,
            InstantSource clock) {
        this.reconciler = reconciler;
        this.reports = reports;
        this.pauses = pauses;
        this.settings = settings;
        this.clock = clock;
        earliest = clock.instant().plus(AFTER_START);
    }

    ScheduledTask task() {
        return new ScheduledTask("reconcile", INTERVAL, AFTER_A_FAILURE, this::run);
    }

    private void run(Progress progress) {
        if (!settings.every().isZero() && !clock.instant().isBefore(earliest)) {
            runWhenDue(progress);
        }
    }

    /** True when one was due and this instance ran it. */
    boolean runWhenDue(Progress progress) {
        var now = clock.instant();
        if (!isDue(now)) {
            return false;
        }
        var turn = reconciler.begin();
        if (turn.isEmpty()) {
            return false;
        }
        pauses.advance(progress);
        try (var run = turn.get()) {
            // another instance may have finished one meanwhile
            if (!isDue(now)) {
                return false;
            }
            run.reconcile(now.minus(settings.lookBack()), _ -> progress.advanced());
            return true;
        } catch (Pauses.Stopped e) {
            LOG.atDebug().log("Scheduled reconciliation ended; service stopping");
            return false;
        }
    }

    private boolean isDue(Instant now) {
        return reports.isDue(now, settings.every(), settings.lookBack());
    }
}
