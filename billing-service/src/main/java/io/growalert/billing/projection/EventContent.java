package io.growalert.billing.projection;

import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.MalformedObject;
import io.growalert.billing.stripe.StripeFields;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The content of a stored event, read without any knowledge of what is recorded. */
public sealed interface EventContent {

    /**
     * The state of an object.
     *
     * @param changed the fields of the object that the event changed; empty: it does not name them
     */
    record Parsed(String eventType, Kind kind, String id, JsonNode object, Set<String> changed, Ownership owner)
            implements EventContent {
        public Parsed {
            changed = Set.copyOf(changed);
        }

        /** @throws MalformedObject when a field is missing or wrong */
        public List<ProjectedRecord> records(@Nullable String customer) {
            return Projection.of(kind, object, customer, EventTypes.isDeletion(eventType));
        }

        /** @param known the owner, as it was found */
        public Origin.Subject subject(Ownership.Known known) {
            return Origin.Subject.of(kind, id, object, owner, known);
        }
    }

    /** The payload was erased: only the object's current state at Stripe can be known. */
    record Erased(Kind kind, String id) implements EventContent {}

    /** No record depends on it. */
    record Irrelevant() implements EventContent {}

    record Unreadable(String reason) implements EventContent {}

    /**
     * @param object the id of the event's object, where it is known
     * @param payload null when it was erased
     */
    static EventContent of(String eventType, @Nullable String object, @Nullable String payload) {
        var kind = EventTypes.kind(eventType);
        if (kind.isEmpty()) {
            return new Irrelevant();
        }
        if (payload == null) {
            return object == null
                    ? new Unreadable("its payload was erased, and the id of its object is not known")
                    : new Erased(kind.get(), object);
        }
        try {
            return read(eventType, payload);
        } catch (JacksonException e) {
            // whose message quotes the payload
            return new Unreadable("event: expected JSON");
        } catch (MalformedObject e) {
            return new Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static EventContent read(String eventType, String payload) {
        var data = new StripeFields(StripeFields.parse(payload), "event").object("data");
        var object = data.object("object");
        var kind = Kind.ofObject(object.text("object"));
        if (kind.isEmpty()) {
            return new Irrelevant();
        }
        var fields = new StripeFields(object.node(), kind.get().objectName());
        var changed = Set.copyOf(data.node().path("previous_attributes").propertyNames());
        return new Parsed(
                eventType, kind.get(), fields.text("id"), fields.node(), changed, Ownership.of(kind.get(), fields));
    }
}
