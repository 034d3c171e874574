package io.growalert.billing.reconcile;

import io.growalert.billing.inbox.MissedEvents;
import io.growalert.billing.ledger.EventTypes;
import io.growalert.billing.stripe.StripeReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds the events that did not come: those that Stripe says it could not deliver, and any other that is not stored, since an
 * event may be answered by somebody else, or be lost with a database that was restored. The ledger applies them as usual.
 */
final class EventCheck {
    private static final String PATH = "/v1/events";
    private static final Duration LOOK = Duration.ofMillis(250);

    private final MissedEvents stored;
    private final JdbcClient jdbc;
    private final Pauses pauses;
    private final Duration settle;

    /** @param settle how long the ledger is given to apply what was missing, before the objects are looked at */
    EventCheck(MissedEvents stored, JdbcClient jdbc, Pauses pauses, Duration settle) {
        this.stored = stored;
        this.jdbc = jdbc;
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
            progress.tell(tally.progressOfEvents());
        });
        stripe.pages(PATH, from).forEachRemaining(page -> {
            tally.eventsRead(page.objects().size());
            found.addAll(store(page, tally));
            progress.tell(tally.progressOfEvents());
        });
        awaitApplied(found, progress);
    }

    private List<String> store(StripeReader.Page page, Tally tally) {
        var events = new LinkedHashMap<String, String>();
        page.objects().stream()
                .filter(event -> EventTypes.areApplied(event.path("type").asString("")))
                .forEach(event -> events.put(event.path("id").asString(""), event.toString()));
        events.keySet().retainAll(stored.missing(events.keySet()));
        if (events.isEmpty()) {
            return List.of();
        }
        var refused = stored.store(events);
        refused.forEach((id, reason) -> tally.problem(id + ": " + reason));
        events.keySet().removeAll(refused.keySet());
        tally.missing(events.size());
        return List.copyOf(events.keySet());
    }

    private static final String WAITING = """
            select count(*) from billing.stripe_events where id = any(:ids) and state = 'received'
            """;

    /** What they changed is to be told in its order, rather than at once by the object as it is now. */
    private void awaitApplied(List<String> events, ProgressListener progress) {
        var ids = events.toArray(String[]::new);
        for (var waited = Duration.ZERO; ids.length > 0 && waited.compareTo(settle) < 0; waited = waited.plus(LOOK)) {
            long waiting = jdbc.sql(WAITING).param("ids", ids).query(Long.class).single();
            if (waiting == 0) {
                return;
            }
            progress.tell("events: %d to be applied".formatted(waiting));
            pauses.pause(LOOK);
        }
    }
}
