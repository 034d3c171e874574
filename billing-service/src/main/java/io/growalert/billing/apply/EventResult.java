package io.growalert.billing.apply;

import io.growalert.billing.webhook.EventUpdate;
import io.growalert.billing.webhook.RetryPolicy;
import io.growalert.billing.webhook.StoredEvent;
import org.jspecify.annotations.Nullable;

/** The outcome of an attempt to apply an event, and the event's new state. */
record EventResult(EventUpdate update, EventOutcome outcome) {

    /** Retried after a delay, or parked. */
    static EventResult failed(StoredEvent event, @Nullable String customer, String reason, RetryPolicy retries) {
        int attempts = event.attempts() + 1;
        return retries.isExhausted(attempts)
                ? new EventResult(EventUpdate.parked(event, attempts, reason, customer), EventOutcome.PARKED)
                : new EventResult(
                        EventUpdate.failed(event, attempts, reason, customer, RetryPolicy.delay(attempts)),
                        EventOutcome.FAILED);
    }
}
