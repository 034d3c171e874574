package io.growalert.billing.customer.account;

import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.SavedMethod;
import io.growalert.billing.stripe.StripeMethods;
import io.growalert.billing.stripe.StripePlans;
import io.growalert.billing.stripe.StripeRequest;
import io.growalert.definitions.Secret;
import io.growalert.runtime.http.CommonProblem;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** Replaces the payment method that pays for a customer's subscription. No money moves. */
@Component
public final class MethodChanges {
    private final StripeMethods methods;
    private final StripePlans plans;

    MethodChanges(StripeMethods methods, StripePlans plans) {
        this.methods = methods;
        this.plans = plans;
    }

    /** The client secret with which the browser sets up a payment method. Each call begins another setup. */
    public Secret begin(String customer) {
        return methods.beginSetup(customer, new StripeRequest(UUID.randomUUID().toString(), 0));
    }

    /**
     * Makes the payment method of a confirmed setup pay for the subscriptions that have not ended, and for what comes later. Can be
     * repeated.
     *
     * @throws ErrorResponseException {@link CommonProblem#NOT_FOUND} when the setup is not the customer's;
     *     {@link BillingProblem#SETUP_INCOMPLETE}
     */
    public SavedMethod use(String customer, String setup) {
        var confirmed = methods.find(setup)
                .filter(found -> customer.equals(found.customer()))
                .orElseThrow(
                        () -> CommonProblem.NOT_FOUND.because("this customer has no such setup of a payment method"));
        var method = confirmed.method();
        if (!confirmed.isDone() || method == null) {
            throw BillingProblem.SETUP_INCOMPLETE.because("expected a setup that was confirmed in the browser");
        }
        for (var subscribed : plans.of(customer)) {
            if (!subscribed.subscription().ended()) {
                plans.payBy(subscribed.id(), method);
            }
        }
        methods.payBy(customer, method);
        return Objects.requireNonNull(confirmed.saved(), "an expanded payment method");
    }
}
