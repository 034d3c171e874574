package io.growalert.billing.stripe;

/** The budget of calls to Stripe that customers cause. */
public interface CallBudget {
    /**
     * Called before each call. Waits for its turn, at most for a few seconds.
     *
     * @throws StripeFailure when the budget is exhausted; nothing is sent
     */
    void spend();

    /** Whether the request only reads and can be repeated at any time, so that it gets short timeouts and no retries. */
    boolean isRead();
}
