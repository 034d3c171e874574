package io.growalert.billing.customer.idempotency;

import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.problem.BillingProblem;
import java.time.Duration;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** A lock of a customer's account, over all instances. It expires with the lease of a dead holder. */
@Component
public final class CustomerLock {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final IdempotentRequests requests;

    CustomerLock(IdempotentRequests requests) {
        this.requests = requests;
    }

    /**
     * Held until it is forgotten; to be renewed before each step at Stripe.
     *
     * @throws ErrorResponseException {@link BillingProblem#CHANGE_IN_PROGRESS} while another request holds it
     */
    public Held take(String customer) {
        return take(customer, BillingProblem.CHANGE_IN_PROGRESS);
    }

    /**
     * As {@link #take}, for an order or a new subscription: clients repeat it while another request is in progress.
     *
     * @throws ErrorResponseException {@link BillingProblem#REQUEST_IN_FLIGHT} while another request holds it
     */
    public Held takeForPayment(String customer) {
        return take(customer, BillingProblem.REQUEST_IN_FLIGHT);
    }

    private Held take(String customer, BillingProblem otherwise) {
        try {
            return switch (requests.begin(RequestKey.lock("account", customer))) {
                case Held held -> held;
                case Answered answered -> answered.restart();
            };
        } catch (ErrorResponseException e) {
            throw otherwise.retryAfter(SOON, "another request of this customer is in progress");
        }
    }
}
