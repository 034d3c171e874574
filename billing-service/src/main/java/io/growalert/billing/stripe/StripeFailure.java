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
            /** What is wrong with the card's token or payment method, whichever parameter brought it. */
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
             * accept is ours, whatever its name. An error about the payment method without any code is about its owner.
             */
            public boolean isAboutToken() {
                if (code != null && OF_TOKEN.contains(code)) {
                    return true;
                }
                boolean named = about("payment_method") || about("payment_method_data") || about("source");
                return named && (code == null || code.equals("resource_missing"));
            }

            /** The request does not fit what is there: no setting of the operator's would help. */
            public boolean isConflict() {
                if (code == null) {
                    return about("Idempotency-Key");
                }
                return about("Idempotency-Key")
                        || code.endsWith("_unexpected_state")
                        || (code.equals("resource_missing") && !about("price") && !about("items"));
            }
        }

        /** Nothing was done; there were too many requests, or the same is being worked on. */
        record Busy() implements Reason {}

        /** Stripe says that it failed. It may have been done, and the same idempotency key only brings the same answer. */
        record Broken() implements Reason {}

        /** There is no answer. It may have been done; the same idempotency key is safe to be sent again. */
        record Unanswered() implements Reason {}

        /** Our key is wrong. */
        record Denied() implements Reason {}

        /**
         * Our key may not do this; nothing was done.
         *
         * @param right the one that a restricted key lacks, such as {@code rak_price_read}; null when Stripe does not say
         */
        record Forbidden(@Nullable String right) implements Reason {}

        /** Nothing was sent, as calls of this kind keep failing. */
        record NotSent(Duration retryAfter) implements Reason {}

        /** Nothing was sent: the customer, or all of them together, used up the budget of calls. */
        record OverBudget(Duration retryAfter) implements Reason {}
    }

    /** A code of ours: Stripe reports this by its wording alone, with neither code nor parameter. */
    private static final String PAYMENT_METHOD_USED_UP = "payment_method_used_up";

    /** Of "The provided PaymentMethod was previously used ... It may not be used again"; never kept or shown. */
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

    /** Stripe neither ends something nor says that it is over. */
    public static StripeFailure undecided() {
        return new StripeFailure(new Reason.Unanswered(), "Stripe does not say how it fares", null);
    }

    static StripeFailure notSent(String kind, Duration retryAfter) {
        return new StripeFailure(
                new Reason.NotSent(retryAfter), "Calls to Stripe for %s keep failing; not sent".formatted(kind), null);
    }

    /** @param retryAfter when the budget has room again */
    public static StripeFailure overBudget(Duration retryAfter) {
        return new StripeFailure(
                new Reason.OverBudget(retryAfter), "Budget of calls to Stripe used up; not sent", null);
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
