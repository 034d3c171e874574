package io.growalert.billing.customer.api;

import io.growalert.billing.customer.limit.AttemptLimit;
import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.problem.BillingProblem;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;

/** The limit of failed payments of a request's customer and network. */
@Component
final class PaymentAttempts {
    private final AttemptLimits limits;

    PaymentAttempts(AttemptLimits limits) {
        this.limits = limits;
    }

    AttemptLimit of(String customer, HttpServletRequest http) {
        return () -> switch (limits.payment(customer, http)) {
            case AttemptLimits.Decision.Allowed allowed -> () -> limits.takeBack(allowed);
            case AttemptLimits.Decision.Refused(var wait) ->
                throw BillingProblem.TOO_MANY_FAILED_PAYMENTS.retryAfter(wait, "too many payments failed; retry later");
        };
    }
}
