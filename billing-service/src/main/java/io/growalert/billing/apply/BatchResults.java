package io.growalert.billing.apply;

import io.growalert.billing.fetch.FetchQueue.FetchRequest;
import io.growalert.billing.projection.Ownership.Parent;
import io.growalert.billing.records.Origins;
import io.growalert.billing.webhook.EventUpdate;
import io.growalert.billing.webhook.RetryPolicy;
import io.growalert.billing.webhook.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the results of a batch: the events' new states, the requested fetches, the foreign objects. */
final class BatchResults {
    private final RetryPolicy retries;
    private final List<EventResult> results = new ArrayList<>();
    private final List<FetchRequest> fetches = new ArrayList<>();
    private final List<Origins.Foreign> foreign = new ArrayList<>();

    BatchResults(RetryPolicy retries) {
        this.retries = retries;
    }

    List<EventResult> results() {
        return List.copyOf(results);
    }

    List<EventUpdate> updates() {
        return results.stream().map(EventResult::update).toList();
    }

    List<FetchRequest> fetches() {
        return List.copyOf(fetches);
    }

    List<Origins.Foreign> foreign() {
        return List.copyOf(foreign);
    }

    void irrelevant(StoredEvent event) {
        add(EventUpdate.irrelevant(event), EventOutcome.IGNORED);
    }

    void applied(StoredEvent event, @Nullable String customer, EventOutcome outcome) {
        add(EventUpdate.applied(event, customer), outcome);
    }

    /** The object is foreign: the data of another company is not stored. */
    void foreign(StoredEvent event, String object, @Nullable String customer) {
        foreign.add(new Origins.Foreign(object, customer));
        add(EventUpdate.foreign(event, customer), EventOutcome.FOREIGN);
    }

    void failed(StoredEvent event, @Nullable String customer, String reason) {
        results.add(EventResult.failed(event, customer, reason, retries));
    }

    /** Waits for the parent's event, and after some attempts for a fetch of the parent. */
    void awaitParent(StoredEvent event, Parent parent, @Nullable String customer) {
        if (retries.waitsForParent(event.attempts())) {
            var delay = retries.untilParent(event.attempts());
            add(EventUpdate.awaitingParent(event, customer, delay), EventOutcome.PARENT);
        } else {
            awaitFetch(event, parent, customer, EventOutcome.PARENT);
        }
    }

    /** Waits for a fetch, which resumes the event; parks the event when too many fetches gave no result. */
    void awaitFetch(StoredEvent event, Parent object, @Nullable String customer, EventOutcome outcome) {
        // an event that is due while its fetch is not done: Stripe is unavailable, which is no failure of the event
        boolean isNew = event.awaits() == null;
        int attempts = isNew ? event.attempts() + 1 : event.attempts();
        if (isNew && event.error() != null && retries.isExhausted(attempts)) {
            if (event.error().equals(EventUpdate.CUSTOMER_DELETED)) {
                foreign(event, object.id(), object.id());
            } else {
                failed(event, customer, event.error());
            }
            return;
        }
        if (isNew && event.error() == null && retries.isExhausted(event.attempts())) {
            failed(event, customer, object.id() + ": no fetched state is later than the event");
            return;
        }
        // the first one at once, the others not in a tight loop
        var pause = event.attempts() == 0 || outcome == EventOutcome.PARENT ? Duration.ZERO : RetryPolicy.TIE;
        fetches.add(new FetchRequest(object.kind(), object.id(), event.created().plus(RetryPolicy.TIE), pause));
        add(EventUpdate.awaitingFetch(event, attempts, customer, object.id(), RetryPolicy.FETCH), outcome);
    }

    private void add(EventUpdate update, EventOutcome outcome) {
        results.add(new EventResult(update, outcome));
    }
}
