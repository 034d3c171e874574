package io.growalert.billing.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stripe did not do what it was asked. The message holds no word of Stripe's, which may quote what is secret or personal. */
public final class StripeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What that means for whoever asked. */
    public sealed interface Reason {
        /**
         * The card was refused.
         *
         * @param code Stripe's, such as {@code card_declined}
         * @param message in Stripe's words, for whoever holds the card
         */
        record Card(String code, @Nullable String declineCode, String message) implements Reason {}

        /** Nothing was done, and never will be for this request. */
        record Invalid(@Nullable String code, @Nullable String parameter) implements Reason {
            public boolean about(String name) {
                return parameter != null && (parameter.equals(name) || parameter.startsWith(name + "["));
            }
        }

        /** Nothing was done; there were too many requests, or the same is being worked on. */
        record Busy() implements Reason {}

        /** Stripe says that it failed. It may have been done, and the same idempotency key only brings the same answer. */
        record Broken() implements Reason {}

        /** There is no answer. It may have been done; the same idempotency key is safe to be sent again. */
        record Unanswered() implements Reason {}

        /** Our key is wrong, or is not for this. */
        record Denied() implements Reason {}
    }

    private final transient Reason reason;

    private StripeFailure(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** Stripe neither ends something nor says that it is over. */
    public static StripeFailure undecided() {
        return new StripeFailure(new Reason.Unanswered(), "Stripe does not say how it fares", null);
    }

    interface Request<T> {
        T send() throws StripeException;
    }

    static <T> T orFail(Request<T> request) {
        try {
            return request.send();
        } catch (ApiConnectionException e) {
            throw new StripeFailure(new Reason.Unanswered(), "Stripe did not answer", e.getCause());
        } catch (StripeException e) {
            throw new StripeFailure(
                    reason(e),
                    "Stripe answered %s %s to request %s".formatted(e.getStatusCode(), e.getCode(), e.getRequestId()),
                    null);
        }
    }

    private static Reason reason(StripeException failure) {
        return switch (failure) {
            case CardException card ->
                new Reason.Card(
                        Objects.requireNonNullElse(card.getCode(), "card_declined"),
                        card.getDeclineCode(),
                        Objects.requireNonNullElse(card.getUserMessage(), "The card was refused."));
            // a kind of invalid request, to the library
            case RateLimitException _ -> new Reason.Busy();
            case InvalidRequestException invalid -> new Reason.Invalid(invalid.getCode(), invalid.getParam());
            case IdempotencyException idempotency -> new Reason.Invalid(idempotency.getCode(), "Idempotency-Key");
            case AuthenticationException _ -> new Reason.Denied();
            default -> other(failure.getStatusCode());
        };
    }

    private static Reason other(@Nullable Integer status) {
        if (status != null && status == 409) {
            return new Reason.Busy();
        }
        return status != null && status < 500 ? new Reason.Invalid(null, null) : new Reason.Broken();
    }
}
