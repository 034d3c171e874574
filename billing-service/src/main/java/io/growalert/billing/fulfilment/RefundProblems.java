package io.growalert.billing.fulfilment;

import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import java.time.Duration;
import org.springframework.web.ErrorResponseException;

/** The problem of a refund that failed at Stripe, for the operator. */
final class RefundProblems {
    private static final Duration SOON = Duration.ofSeconds(5);

    private RefundProblems() {}

    static ErrorResponseException of(StripeFailure failure) {
        return switch (failure.reason()) {
            case Reason.Broken _, Reason.Unanswered _ ->
                BillingProblem.STRIPE_UNAVAILABLE.retryAfter(
                        SOON,
                        "Stripe did not confirm the refund, which may be made; repeat the request with the same Idempotency-Key");
            case Reason.NotSent(var wait) -> unavailable(wait);
            case Reason.OverBudget(var wait) -> unavailable(wait);
            case Reason.Busy _ ->
                BillingProblem.STRIPE_BUSY.retryAfter(SOON, "Stripe's rate limit is reached; nothing was refunded");
            case Reason.Denied _ ->
                BillingProblem.STRIPE_DENIED.retryAfter(SOON, "Stripe rejected the secret key; nothing was refunded");
            case Reason.Forbidden(var right) ->
                BillingProblem.STRIPE_DENIED.retryAfter(
                        SOON,
                        "Stripe's secret key lacks the permission %s; nothing was refunded"
                                .formatted(right == null ? "to refund" : right));
            case Reason.Card card -> refused(card.code());
            case Reason.Invalid invalid -> refused(invalid.code() == null ? "no code" : invalid.code());
        };
    }

    private static ErrorResponseException unavailable(Duration wait) {
        return BillingProblem.STRIPE_UNAVAILABLE.retryAfter(wait, "Stripe is unreachable; nothing was refunded");
    }

    private static ErrorResponseException refused(String code) {
        return BillingProblem.STRIPE_REFUSED.because("Stripe refused the refund: " + code);
    }
}
