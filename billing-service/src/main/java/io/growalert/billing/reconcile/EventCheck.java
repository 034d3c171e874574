package io.growalert.billing.reconcile;

import io.growalert.billing.projection.EventTypes;
import io.growalert.billing.stripe.StripeReader;
import io.growalert.billing.webhook.MissedEvents;
import io.growalert.billing.webhook.StoredEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds and stores the events that never arrived: those that Stripe lists as undelivered, and any other that is not stored, since
 * another endpoint may have acknowledged it, or a restore of the database lost it. They are applied as usual.
 */
final class EventCheck {
    private static final String PATH = "/v1/events";
    private static final Duration LOOK = Duration.ofMillis(250);

    private final MissedEvents missed;
    private final StoredEvents stored;
    private final Pauses pauses;
    private final Duration settle;

    /** @param settle how long to wait until the missing events are applied, before the objects are compared */
    EventCheck(MissedEvents missed, StoredEvents stored, Pauses pauses, Duration settle) {
        this.missed = missed;
        this.stored = stored;
        this.pauses = pauses;
        this.settle = settle;
    }

    void check(StripeReader stripe, Instant since, Tally tally, ProgressListener progress) {
        var found = new ArrayList<String>();
        var from = Map.of("created[gte]", Long.toString(since.getEpochSecond()));
        var undelivered = new HashMap<>(from);
        undelivered.put("delivery_success", "false");
        stripe.pages(PATH, undelivered).forEachRemaining(page -> {
            tally.undelivered(page.objects().size());
            found.addAll(store(page, tally));
            progress.report(tally.progressOfEvents());
        });
        stripe.pages(PATH, from).forEachRemaining(page -> {
            tally.eventsRead(page.objects().size());
            found.addAll(store(page, tally));
            progress.report(tally.progressOfEvents());
        });
        awaitApplied(found, progress);
    }

    private List<String> store(StripeReader.Page page, Tally tally) {
        var events = new LinkedHashMap<String, String>();
        page.objects().stream()
                .filter(event -> EventTypes.areApplied(event.path("type").asString("")))
                .forEach(event -> events.put(event.path("id").asString(""), event.toString()));
        events.keySet().retainAll(missed.missing(events.keySet()));
        if (events.isEmpty()) {
            return List.of();
        }
        var rejected = missed.store(events);
        rejected.forEach((id, reason) -> tally.problem(id + ": " + reason));
        events.keySet().removeAll(rejected.keySet());
        tally.missing(events.size());
        return List.copyOf(events.keySet());
    }

    /** Events publish every change in its order; the object's current state would publish only the last one. */
    private void awaitApplied(List<String> events, ProgressListener progress) {
        for (var waited = Duration.ZERO;
                !events.isEmpty() && waited.compareTo(settle) < 0;
                waited = waited.plus(LOOK)) {
            long waiting = stored.waiting(events);
            if (waiting == 0) {
                return;
            }
            progress.report("events: %d to be applied".formatted(waiting));
            pauses.pause(LOOK);
        }
    }
}
