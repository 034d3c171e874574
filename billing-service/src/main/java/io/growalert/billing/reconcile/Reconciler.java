package io.growalert.billing.reconcile;

import io.growalert.billing.records.RejectedData;
import io.growalert.billing.stripe.StripeReader;
import io.growalert.runtime.database.AdvisoryLock;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the events that never arrived, and repairs the records that differ from their objects at Stripe; one reconciliation at
 * a time, of all instances. The events are first, since they contain every state and not only the last one.
 *
 * <pre>
 * Stripe's events  --> {@link EventCheck}: missing ones --> webhook, which stores them for apply
 * Stripe's objects --> {@link ObjectCheck}: those that differ --> apply
 * </pre>
 */
final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final Supplier<StripeReader> stripe;
    private final EventCheck events;
    private final ObjectCheck objects;
    private final AdvisoryLock lock;
    private final ReconciliationReports reports;
    private final MeterRegistry meters;
    private final InstantSource clock;

    /** @param stripe makes a reader for a run, which counts its requests */
    Reconciler(
            Supplier<StripeReader> stripe,
            EventCheck events,
            ObjectCheck objects,
            AdvisoryLock lock,
            ReconciliationReports reports,
            MeterRegistry meters,
            InstantSource clock) {
        this.stripe = stripe;
        this.events = events;
        this.objects = objects;
        this.lock = lock;
        this.reports = reports;
        this.meters = meters;
        this.clock = clock;
    }

    /** The outcome of a reconciliation, a tag of {@code growalert.reconcile.runs}. */
    private enum RunOutcome {
        COMPLETE,
        PROBLEMS,
        /** It ended before its report. */
        GIVEN_UP;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A reconciliation of this instance, which holds the lock until it is closed. */
    final class Run implements AutoCloseable {
        private final AdvisoryLock.Held held;

        private Run(AdvisoryLock.Held held) {
            this.held = held;
        }

        /**
         * Finds and repairs the differences.
         *
         * @throws UncheckedIOException when the client is gone
         * @throws Pauses.Stopped when the service stops
         */
        ReconciliationReport reconcile(Instant since, ProgressListener progress) {
            var reader = stripe.get();
            var tally = new Tally(meters);
            var started = clock.instant();
            var outcome = RunOutcome.GIVEN_UP;
            try {
                read(reader, since, started, tally, progress);
                var ended = clock.instant();
                var report = tally.report(since, reader.requests(), Duration.between(started, ended));
                outcome = report.complete() ? RunOutcome.COMPLETE : RunOutcome.PROBLEMS;
                record(report, started, ended);
                return report;
            } finally {
                meters.counter("growalert.reconcile.runs", "outcome", outcome.text())
                        .increment();
                meters.counter("growalert.reconcile.requests").increment((double) reader.requests());
            }
        }

        @Override
        public void close() {
            held.close();
        }
    }

    /** Empty while another reconciliation runs, on this or another instance. */
    Optional<Run> begin() {
        return lock.acquire().map(Run::new);
    }

    private void read(StripeReader reader, Instant since, Instant now, Tally tally, ProgressListener progress) {
        try {
            events.check(reader, Since.ofEvents(since, now), tally, progress);
            objects.check(reader, since, tally, progress);
        } catch (StripeReader.Unreadable e) {
            tally.problem(e.getMessage() + "; the rest was not read");
        } catch (UncheckedIOException | Pauses.Stopped e) {
            throw e;
        } catch (RuntimeException e) {
            // the exception of rejected data quotes the data
            var log = RejectedData.reason(e)
                    .map(reason -> LOG.atError().addKeyValue("reason", reason))
                    .orElseGet(() -> LOG.atError().setCause(e));
            log.log("Reconciliation ended early; its repairs stay");
            tally.problem("ended early with an internal error or a failure of the database; see the log");
        }
    }

    private void record(ReconciliationReport report, Instant started, Instant ended) {
        LOG.atInfo()
                .addKeyValue("since", report.since())
                .addKeyValue("requests", report.requests())
                .addKeyValue("seconds", report.seconds())
                .addKeyValue("missingEvents", report.events().missing())
                .addKeyValue("repairs", report.objects().repairs())
                .addKeyValue("problems", report.problems().size())
                .log(report.complete() ? "Reconciliation completed" : "Reconciliation completed with problems");
        try {
            reports.add(report, started, ended);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Could not store the reconciliation report");
        }
    }
}
