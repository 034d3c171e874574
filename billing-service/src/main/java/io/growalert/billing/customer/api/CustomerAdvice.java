package io.growalert.billing.customer.api;

import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.ProblemCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;

/** Turns a failure of Stripe into a problem for the customer, and logs what an operator must fix. */
@RestControllerAdvice(basePackageClasses = CustomerAdvice.class)
@Order(-1)
final class CustomerAdvice {
    private static final Logger LOG = LoggerFactory.getLogger(CustomerAdvice.class);

    private final ProblemAdvice advice;

    CustomerAdvice(ProblemAdvice advice) {
        this.advice = advice;
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> stripe(StripeFailure failure, WebRequest request) throws Exception {
        return advice.handleException(problem(failure), request);
    }

    private static ErrorResponseException problem(StripeFailure failure) {
        return switch (failure.reason()) {
            case Reason.Card card -> card(card);
            case Reason.Invalid invalid
            when invalid.about("customer") && "resource_missing".equals(invalid.code()) -> Sessions.customerDeleted();
            case Reason.Invalid invalid
            when invalid.isConflict() -> {
                LOG.atError()
                        .addKeyValue("stripeCode", invalid.code())
                        .addKeyValue("stripeParameter", invalid.parameter())
                        .setCause(failure)
                        .log("Stripe rejected a customer's request");
                yield BillingProblem.STRIPE_REFUSED.because("our payment provider rejected the request");
            }
            case Reason.Invalid invalid -> {
                LOG.atError()
                        .addKeyValue("stripeCode", invalid.code())
                        .addKeyValue("stripeParameter", invalid.parameter())
                        .setCause(failure)
                        .log(
                                "Stripe rejected a request because of a setting or the account; customers cannot pay until that is fixed");
                yield unavailable();
            }
            case Reason.Forbidden(var right) -> {
                LOG.atError()
                        .addKeyValue("right", right)
                        .setCause(failure)
                        .log("Stripe's secret key lacks a permission; customers cannot pay until it is granted");
                yield unavailable();
            }
            case Reason.NotSent(var wait) ->
                BillingProblem.STRIPE_UNAVAILABLE.retryAfter(wait, "our payment provider is unreachable; retry later");
            case Reason.OverBudget(var wait) ->
                BillingProblem.TOO_MANY_CALLS.retryAfter(
                        wait, "too many requests that need our payment provider; retry later");
            case Reason.Busy _ ->
                BillingProblem.STRIPE_BUSY.retryAfter(
                        Duration.ofSeconds(2), "our payment provider is busy; retry later");
            case Reason.Broken _, Reason.Unanswered _ -> {
                LOG.atWarn().setCause(failure).log("Request to Stripe failed; the client can retry");
                yield BillingProblem.STRIPE_UNAVAILABLE.retryAfter(
                        Duration.ofSeconds(5), "our payment provider is unreachable; retry later");
            }
            case Reason.Denied _ -> {
                LOG.atError()
                        .setCause(failure)
                        .log("Stripe rejected the secret key; customers cannot pay until it is replaced");
                yield BillingProblem.STRIPE_DENIED.retryAfter(Duration.ofMinutes(1), "payments are unavailable");
            }
        };
    }

    private static ErrorResponseException unavailable() {
        return BillingProblem.PAYMENTS_UNAVAILABLE.retryAfter(Duration.ofMinutes(1), "payments are unavailable");
    }

    /** A declined card, with the part of Stripe's reason that its owner may know. */
    static ErrorResponseException card(Reason.Card card) {
        var shown = Declines.shown(card);
        var body = ProblemDetail.forStatusAndDetail(BillingProblem.CARD_ERROR.status(), shown.message());
        body.setProperty(ProblemCode.CODE, shown.code());
        body.setProperty("declineCode", shown.declineCode());
        return new ErrorResponseException(BillingProblem.CARD_ERROR.status(), body, null);
    }
}
