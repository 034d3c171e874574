package io.growalert.billing.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A call to Stripe failed. The message quotes nothing of Stripe's message, which may contain secrets or personal data. */
public final class StripeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the failure means for the caller. */
    public sealed interface Reason {
        /**
         * The card was declined.
         *
         * @param code Stripe's, such as {@code card_declined}
         * @param message Stripe's message for the card's owner
         */
        record Card(String code, @Nullable String declineCode, String message) implements Reason {}

        /** Nothing was done, and a retry of this request cannot succeed. */
        record Invalid(@Nullable String code, @Nullable String parameter) implements Reason {
            /** Codes about the card's token or payment method, whichever parameter it was sent in. */
            private static final Set<String> OF_TOKEN = Set.of(
                    "token_already_used",
                    "token_in_use",
                    "invalid_card_type",
                    "payment_method_unactivated",
                    "payment_method_unexpected_state",
                    "payment_method_not_available",
                    "payment_intent_incompatible_payment_method",
                    PAYMENT_METHOD_USED_UP);

            public boolean about(String name) {
                return parameter != null && (parameter.equals(name) || parameter.startsWith(name + "["));
            }

            /**
             * Whether another card's token may pay where this one cannot. Only by code: a parameter that Stripe does not know or
             * accept is our defect, whatever its name. An error about the payment method without any code is about its owner.
             */
            public boolean isAboutToken() {
                if (code != null && OF_TOKEN.contains(code)) {
                    return true;
                }
                boolean named = about("payment_method") || about("payment_method_data") || about("source");
                return named && (code == null || code.equals("resource_missing"));
            }

            /** The request conflicts with the state at Stripe: no setting of the operator would help. */
            public boolean isConflict() {
                if (code == null) {
                    return about("Idempotency-Key");
                }
                return about("Idempotency-Key")
                        || code.endsWith("_unexpected_state")
                        || (code.equals("resource_missing") && !about("price") && !about("items"));
            }
        }

        /** Nothing was done: too many requests, or the same request is in progress. */
        record Busy() implements Reason {}

        /** Stripe reported an internal error. The work may have been done; the same idempotency key only repeats the answer. */
        record Broken() implements Reason {}

        /** No answer. The work may have been done; a retry with the same idempotency key is safe. */
        record Unanswered() implements Reason {}

        /** Stripe rejected the secret key. */
        record Denied() implements Reason {}

        /**
         * The secret key lacks a permission; nothing was done.
         *
         * @param right the missing permission, such as {@code rak_price_read}; null: unknown
         */
        record Forbidden(@Nullable String right) implements Reason {}

        /** Nothing was sent: the circuit breaker of this kind of calls is open, or too many are under way. */
        record NotSent(Duration retryAfter) implements Reason {}

        /** Nothing was sent: the budget of the customer, or of all customers together, is exhausted. */
        record OverBudget(Duration retryAfter) implements Reason {}
    }

    /** Our own code: Stripe reports this by its message alone, with neither code nor parameter. */
    private static final String PAYMENT_METHOD_USED_UP = "payment_method_used_up";

    /** Of "The provided PaymentMethod was previously used ... It may not be used again"; never stored or shown. */
    private static final Pattern USED_UP =
            Pattern.compile("(?is).*PaymentMethod\\b.*\\b(previously used|may not be used again)\\b.*");

    private static final Pattern RIGHT = Pattern.compile("\\brak_\\w{1,64}");

    private final transient Reason reason;

    private StripeFailure(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** The status at Stripe is unknown. */
    public static StripeFailure undecided() {
        return new StripeFailure(new Reason.Unanswered(), "The status at Stripe is unknown", null);
    }

    static StripeFailure notSent(String kind, Duration retryAfter) {
        return new StripeFailure(
                new Reason.NotSent(retryAfter),
                "Circuit breaker open: call to Stripe for %s not sent".formatted(kind),
                null);
    }

    /** @param retryAfter until the budget has room again */
    public static StripeFailure overBudget(Duration retryAfter) {
        return new StripeFailure(
                new Reason.OverBudget(retryAfter), "Budget of calls to Stripe exhausted; call not sent", null);
    }

    interface Request<T> {
        T send() throws StripeException;
    }

    static <T> T orFail(Request<T> request) {
        try {
            return request.send();
        } catch (ApiConnectionException e) {
            throw new StripeFailure(new Reason.Unanswered(), "Stripe is unreachable", e.getCause());
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
            case InvalidRequestException invalid -> invalid(invalid);
            case IdempotencyException idempotency -> new Reason.Invalid(idempotency.getCode(), "Idempotency-Key");
            case PermissionException forbidden -> new Reason.Forbidden(right(forbidden));
            case AuthenticationException _ -> new Reason.Denied();
            default -> other(failure.getStatusCode());
        };
    }

    private static Reason invalid(InvalidRequestException invalid) {
        var code = invalid.getCode();
        if (code == null
                && invalid.getParam() == null
                && USED_UP.matcher(wording(invalid)).matches()) {
            code = PAYMENT_METHOD_USED_UP;
        }
        return new Reason.Invalid(code, invalid.getParam());
    }

    private static @Nullable String right(PermissionException forbidden) {
        var named = RIGHT.matcher(wording(forbidden));
        return named.find() ? named.group() : null;
    }

    private static String wording(StripeException failure) {
        return Objects.requireNonNullElse(failure.getMessage(), "");
    }

    private static Reason other(@Nullable Integer status) {
        if (status != null && status == 409) {
            return new Reason.Busy();
        }
        return status != null && status < 500 ? new Reason.Invalid(null, null) : new Reason.Broken();
    }
}
