package io.growalert.billing.ledger;

import io.growalert.billing.ledger.StoredEvents.StoredEvent;
import io.growalert.billing.stripe.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What a stored event says, before anything is known of what was before. */
sealed interface Reading {
    StoredEvent event();

    /** It says that an object is like this. */
    record Legible(StoredEvent event, Kind kind, String id, JsonNode object, Owner owner) implements Reading {

        /** @throws BadShape when a field is not as it should be */
        List<Projected> records(@Nullable String customer) {
            return Projection.of(kind, object, customer, EventTypes.isDeletion(event.type()));
        }

        /** @param known whose it turned out to be */
        Origin.Subject subject(Owner.Known known) {
            return Origin.Subject.of(kind, id, object, owner, known);
        }
    }

    /** What it said was erased: only what Stripe has now can be known. */
    record Erased(StoredEvent event, Kind kind, String id) implements Reading {}

    /** No record depends on it. */
    record Irrelevant(StoredEvent event) implements Reading {}

    record Unreadable(StoredEvent event, String reason) implements Reading {}

    static Reading of(StoredEvent event) {
        var kind = EventTypes.kind(event.type());
        if (kind.isEmpty()) {
            return new Irrelevant(event);
        }
        var payload = event.payload();
        if (payload == null) {
            return event.object() == null
                    ? new Unreadable(event, "it was erased, and does not say which object it was about")
                    : new Erased(event, kind.get(), event.object());
        }
        try {
            return read(event, payload);
        } catch (JacksonException e) {
            // whose message quotes the payload
            return new Unreadable(event, "event: expected JSON");
        } catch (BadShape e) {
            return new Unreadable(event, String.valueOf(e.getMessage()));
        }
    }

    private static Reading read(StoredEvent event, String payload) {
        var object =
                new Fields(Projected.parse(payload), "event").object("data").object("object");
        var kind = Kind.ofObject(object.text("object"));
        if (kind.isEmpty()) {
            return new Irrelevant(event);
        }
        var fields = new Fields(object.node(), kind.get().objectName());
        return new Legible(event, kind.get(), fields.text("id"), fields.node(), Owner.of(kind.get(), fields));
    }
}
