package io.growalert.billing.reconcile;

import io.growalert.billing.ledger.Refusal;
import io.growalert.billing.stripe.StripeReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from Stripe what did not arrive, and how the objects are now; one at a time, of all instances. The events come first,
 * since they say more: how it came to be.
 *
 * <pre>
 * Stripe's events  --> {@link EventCheck}: those that are missing --> stripe_events ... ledger
 * Stripe's objects --> {@link ObjectCheck}: those that differ --> ledger
 * </pre>
 */
final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final Supplier<StripeReader> stripe;
    private final EventCheck events;
    private final ObjectCheck objects;
    private final OneAtATime lock;
    private final Journal journal;
    private final MeterRegistry meters;
    private final InstantSource clock;

    /** @param stripe makes a reader for a run, which counts its requests */
    Reconciler(
            Supplier<StripeReader> stripe,
            EventCheck events,
            ObjectCheck objects,
            OneAtATime lock,
            Journal journal,
            MeterRegistry meters,
            InstantSource clock) {
        this.stripe = stripe;
        this.events = events;
        this.objects = objects;
        this.lock = lock;
        this.journal = journal;
        this.meters = meters;
        this.clock = clock;
    }

    /** Our turn. */
    final class Run implements AutoCloseable {
        private final OneAtATime.Held held;

        private Run(OneAtATime.Held held) {
            this.held = held;
        }

        /**
         * Finds and repairs what is different.
         *
         * @throws UncheckedIOException when nobody follows it any more
         * @throws Pauses.Stopped when the service stops
         */
        Report reconcile(Instant since, ProgressListener progress) {
            var reader = stripe.get();
            var tally = new Tally(meters);
            var started = clock.instant();
            var word = "given_up";
            try {
                read(reader, since, started, tally, progress);
                var ended = clock.instant();
                var report = tally.report(since, reader.requests(), Duration.between(started, ended));
                word = report.complete() ? "complete" : "problems";
                record(report, started, ended);
                return report;
            } finally {
                meters.counter("growalert.reconcile.runs", "outcome", word).increment();
                meters.counter("growalert.reconcile.requests").increment((double) reader.requests());
            }
        }

        @Override
        public void close() {
            held.close();
        }
    }

    /** Empty when somebody else reconciles at present. */
    Optional<Run> begin() {
        return lock.take().map(Run::new);
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
            // a refusal of the database shows what was refused
            var log = Refusal.reason(e)
                    .map(reason -> LOG.atError().addKeyValue("reason", reason))
                    .orElseGet(() -> LOG.atError().setCause(e));
            log.log("A reconciliation ended early; what it repaired stays");
            tally.problem("ended early with an internal error or a failure of the database; see the log");
        }
    }

    private void record(Report report, Instant started, Instant ended) {
        LOG.atInfo()
                .addKeyValue("since", report.since())
                .addKeyValue("requests", report.requests())
                .addKeyValue("seconds", report.seconds())
                .addKeyValue("missingEvents", report.events().missing())
                .addKeyValue("repairs", report.objects().repairs())
                .addKeyValue("problems", report.problems().size())
                .log(report.complete() ? "Stripe and the records are reconciled" : "A reconciliation had problems");
        try {
            journal.add(report, started, ended);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("What came of a reconciliation cannot be written down");
        }
    }
}
