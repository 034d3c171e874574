package io.growalert.billing.apply;

import io.growalert.billing.apply.EventBatch.Stages;
import io.growalert.billing.fetch.FetchQueue;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.outbox.BillingOutbox;
import io.growalert.billing.records.ObjectTable;
import io.growalert.billing.records.Origins;
import io.growalert.billing.records.RecordStore;
import io.growalert.billing.records.RejectedData;
import io.growalert.billing.shipping.ShippingAddresses;
import io.growalert.billing.webhook.RetryPolicy;
import io.growalert.billing.webhook.StoredEvent;
import io.growalert.billing.webhook.StoredEvents;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Applies stored events to the records: in any order, any number of times, by any number of instances. All objects of one
 * customer are written under that customer's lock.
 *
 * <pre>
 * {@link StoredEvents} --> {@link EventBatch}: projection, decision --> {@link RecordStore}, {@link BillingOutbox}, {@link Mails}
 *                      undecided --> {@link FetchQueue} --> Stripe --> {@link ObjectRecorder}
 * </pre>
 */
final class EventApplier {
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final StoredEvents events;
    private final BillingOutbox outbox;
    private final RetryPolicy retries;
    private final Stages stages;

    EventApplier(
            JdbcClient jdbc,
            TransactionOperations transaction,
            BillingOutbox outbox,
            Mails mails,
            InstantSource clock,
            ApplySettings settings) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.outbox = outbox;
        events = new StoredEvents(jdbc);
        retries = new RetryPolicy(settings.attempts());
        stages = new Stages(
                events,
                new ObjectTable(jdbc),
                new Origins(jdbc),
                new RecordStore(jdbc),
                new FetchQueue(jdbc),
                outbox,
                mails,
                new ShippingAddresses(jdbc, transaction),
                clock,
                retries);
    }

    /**
     * The results of a batch.
     *
     * @param claimed how many due events the batch claimed
     * @param results of the events that did not stay unchanged
     * @param fetches how many objects they request
     * @param blocked whether nothing was claimed although events are due: other transactions have locked their customers
     */
    record Round(int claimed, List<EventResult> results, int fetches, boolean blocked) {
        static final Round NOTHING = new Round(0, List.of(), 0, false);
        static final Round BLOCKED = new Round(0, List.of(), 0, true);

        Round and(Round other) {
            return new Round(
                    claimed + other.claimed,
                    Stream.concat(results.stream(), other.results.stream()).toList(),
                    fetches + other.fetches,
                    blocked || other.blocked);
        }
    }

    /** Applies due events, at most {@code limit}: in one transaction, or one by one when the database rejects that. */
    Round apply(int limit) {
        var claimed = new ArrayList<StoredEvent>();
        Round round;
        try {
            round = transaction.execute(_ -> {
                claimed.addAll(events.claim(limit));
                return claimed.isEmpty() && events.anyUnclaimed() ? Round.BLOCKED : applied(claimed);
            });
        } catch (RuntimeException e) {
            if (RejectedData.reason(e).isEmpty()) {
                throw e;
            }
            round = claimed.stream().map(StoredEvent::id).map(this::applyAlone).reduce(Round.NOTHING, Round::and);
        }
        if (!round.results().isEmpty()) {
            outbox.wake();
        }
        return round;
    }

    private Round applyAlone(String id) {
        try {
            return transaction.execute(_ -> applied(events.claim(id)));
        } catch (RuntimeException e) {
            var reason = RejectedData.reason(e).orElseThrow(() -> e);
            return transaction.execute(_ -> {
                var results = events.claim(id).stream()
                        .map(event -> EventResult.failed(event, null, reason, retries))
                        .toList();
                events.update(results.stream().map(EventResult::update).toList());
                return new Round(results.size(), results, 0, false);
            });
        }
    }

    // each statement of a batch finds its rows by keys; a plan from when a table was small, or without statistics,
    // reads it whole
    private static final String SEARCH_BY_INDEX = "set local enable_seqscan = off";

    private Round applied(List<StoredEvent> claimed) {
        if (claimed.isEmpty()) {
            return Round.NOTHING;
        }
        jdbc.sql(SEARCH_BY_INDEX).update();
        var applied = new EventBatch(stages).apply(claimed);
        return new Round(claimed.size(), applied.results(), applied.fetches(), false);
    }
}
