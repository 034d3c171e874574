package io.growalert.billing.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The new state of an event after an attempt to apply it.
 *
 * @param customer the owner, as it was found; null when it is unknown
 * @param awaits the object that must be fetched first
 * @param delay until the next attempt; null when there is none
 */
public record EventUpdate(
        StoredEvent event,
        EventState state,
        int attempts,
        @Nullable String error,
        @Nullable String customer,
        @Nullable String awaits,
        @Nullable Duration delay) {
    /** The error of an event that is ignored because its object is foreign. */
    static final String FOREIGN = "foreign";
    /** The error of an event that waits for its customer. Stripe shows no metadata of a deleted customer, so it may be ours. */
    public static final String CUSTOMER_DELETED = "its customer is deleted at Stripe and not recorded";

    public static EventUpdate applied(StoredEvent event, @Nullable String customer) {
        return new EventUpdate(event, EventState.APPLIED, event.attempts(), null, customer, null, null);
    }

    /** No record depends on the event. */
    public static EventUpdate irrelevant(StoredEvent event) {
        return new EventUpdate(event, EventState.IGNORED, event.attempts(), null, null, null, null);
    }

    /** The event's object is not ours. */
    public static EventUpdate foreign(StoredEvent event, @Nullable String customer) {
        return new EventUpdate(event, EventState.IGNORED, event.attempts(), FOREIGN, customer, null, null);
    }

    public static EventUpdate parked(StoredEvent event, int attempts, String reason, @Nullable String customer) {
        return new EventUpdate(event, EventState.PARKED, attempts, reason, customer, null, null);
    }

    /** The attempt failed; the next one follows after the delay. */
    public static EventUpdate failed(
            StoredEvent event, int attempts, String reason, @Nullable String customer, Duration delay) {
        return new EventUpdate(event, EventState.RECEIVED, attempts, reason, customer, null, delay);
    }

    /** The event of its parent may still arrive. */
    public static EventUpdate awaitingParent(StoredEvent event, @Nullable String customer, Duration delay) {
        return new EventUpdate(event, EventState.RECEIVED, event.attempts() + 1, null, customer, null, delay);
    }

    /** Resumed by the fetch of the object. */
    public static EventUpdate awaitingFetch(
            StoredEvent event, int attempts, @Nullable String customer, String object, Duration delay) {
        return new EventUpdate(event, EventState.RECEIVED, attempts, event.error(), customer, object, delay);
    }
}
