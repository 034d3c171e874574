package io.growalert.billing.customer.plan;

import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.customer.limit.AttemptLimit;
import io.growalert.billing.customer.limit.AttemptLimit.Attempt;
import io.growalert.billing.customer.plan.InvoiceOutcome.Closed;
import io.growalert.billing.customer.plan.InvoiceOutcome.FullyPaid;
import io.growalert.billing.customer.plan.InvoiceOutcome.InProgress;
import io.growalert.billing.customer.plan.InvoiceOutcome.Refused;
import io.growalert.billing.customer.plan.InvoiceOutcome.ToAuthenticate;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.ErrorResponseException;

/** A request that may charge an invoice: a declined card counts against the limit, and the outcome is stored. */
final class ChargedRequest {
    private static final Logger LOG = LoggerFactory.getLogger(ChargedRequest.class);

    private final Held request;
    private final AttemptLimit limit;

    /** @param limit of failed payments, before a card is tried */
    ChargedRequest(Held request, AttemptLimit limit) {
        this.request = request;
        this.limit = limit;
    }

    /**
     * @param work finds out what an earlier holder of the request did, before it charges anything
     * @throws StripeFailure the outcome is unknown; the request can be sent again
     */
    InvoiceOutcome run(Function<Held, InvoiceOutcome> work) {
        Attempt attempt;
        try {
            attempt = limit.begin();
        } catch (ErrorResponseException e) {
            forgetUnlessResumed();
            throw e;
        }
        InvoiceOutcome outcome;
        try {
            outcome = StripeWork.run(request, work);
        } catch (ErrorResponseException e) {
            quietly(attempt::takeBack);
            forgetUnlessResumed();
            throw e;
        } catch (StripeFailure e) {
            if (!(e.reason() instanceof Reason.Card)) {
                quietly(attempt::takeBack);
            }
            throw e;
        }
        if (!(outcome instanceof Refused)) {
            quietly(attempt::takeBack);
        }
        quietly(() -> end(outcome));
        return outcome;
    }

    /** Nothing was charged by this request; one that an earlier holder worked on may have been. */
    void forgetUnlessResumed() {
        request.forgetUnlessResumed();
    }

    private void end(InvoiceOutcome outcome) {
        switch (outcome) {
            case Refused refused -> request.fail(refused.invoice());
            case FullyPaid _, ToAuthenticate _, InProgress _, Closed _ -> request.complete(outcome.invoice());
        }
    }

    /** The outcome is answered even when it cannot be stored: the next request fetches it from Stripe. */
    private static void quietly(Runnable update) {
        try {
            update.run();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Could not store the payment's status; it is fetched on the next request");
        }
    }
}
