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
        try {
            return switch (requests.begin(RequestKey.lock("account", customer))) {
                case Held held -> held;
                case Answered answered -> answered.restart();
            };
        } catch (ErrorResponseException e) {
            throw BillingProblem.CHANGE_IN_PROGRESS.retryAfter(
                    Duration.ofSeconds(2), "another change of this customer is in progress");
        }
    }
}
