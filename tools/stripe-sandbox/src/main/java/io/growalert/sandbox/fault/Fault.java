package io.growalert.sandbox.fault;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure that Stripe shows now and then, on request. {@link Faults} adds and removes faults. */
public sealed interface Fault {

    /** A fault of the delivery to webhook endpoints. Several may be active at once. */
    sealed interface OfWebhook extends Fault {}

    /** A request under {@code /v1} gets this response and is not executed; a retry with the same idempotency key is executed. */
    sealed interface BeforeWork extends Fault {}

    /** A request under {@code /v1} is executed and gets this response. */
    sealed interface AfterWork extends Fault {}

    /** Each event is sent so many times to each endpoint, the copies at the same time. */
    record Duplicates(int copies) implements OfWebhook {
        public Duplicates {
            if (copies < 2 || copies > 100) {
                throw new IllegalArgumentException("copies must be between 2 and 100, not " + copies);
            }
        }
    }

    /** Events are sent in another order: each waits for a part of the window, drawn from the seed. */
    record Shuffle(Duration window, long seed) implements OfWebhook {
        public Shuffle {
            requirePositive("the window", window);
        }
    }

    record Delay(Duration by) implements OfWebhook {
        public Delay {
            requirePositive("the delay", by);
        }
    }

    /** Events are never sent; {@code GET /v1/events?delivery_success=false} lists them. */
    record Drop() implements OfWebhook {}

    /** The {@code created} of events stands still for this long, then leaps to the present, and so on. */
    record SameSecond(Duration hold) implements Fault {
        public SameSecond {
            requirePositive("the hold", hold);
        }
    }

    /** 429 with {@code Retry-After} in whole seconds, rounded up. */
    record RateLimit(Duration retryAfter) implements BeforeWork {
        public RateLimit {
            requirePositive("retry-after", retryAfter);
        }
    }

    /** The request waits for this long and is then executed, unless its client has disconnected. */
    record Hang(Duration by) implements BeforeWork {
        public Hang {
            requirePositive("the wait", by);
        }
    }

    /**
     * The request is refused with an error of Stripe's.
     *
     * @param status 400 to 499
     * @param type such as {@code invalid_request_error} or {@code card_error}
     * @param code such as {@code parameter_unknown}; null: none
     * @param param which parameter the error is about; null: none
     * @param declineCode such as {@code stolen_card}; null: none
     */
    record Refuse(
            int status,
            String type,
            @Nullable String code,
            @Nullable String param,
            @Nullable String declineCode,
            String message)
            implements BeforeWork {
        public Refuse {
            if (status < 400 || status > 499) {
                throw new IllegalArgumentException("status must be between 400 and 499, not " + status);
            }
        }
    }

    /** 500. */
    record ErrorBefore() implements BeforeWork {}

    /** 500, and the idempotency key remembers the 500, as Stripe's does. */
    record ErrorAfter() implements AfterWork {}

    /** The response is withheld for this long. The idempotency key stores it. */
    record HangAfter(Duration by) implements AfterWork {
        public HangAfter {
            requirePositive("the wait", by);
        }
    }

    /** The connection is closed without a response. The idempotency key stores the response. */
    record CutAfter() implements AfterWork {}

    private static void requirePositive(String what, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException(what + " must be longer than nothing, not " + duration);
        }
    }
}
