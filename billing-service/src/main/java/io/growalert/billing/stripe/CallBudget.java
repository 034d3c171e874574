package io.growalert.billing.stripe;

/** Whether another call to Stripe may be sent for a customer. */
public interface CallBudget {
    /**
     * Called before each call. Waits for its turn, shortly.
     *
     * @throws StripeFailure when the budget is used up; nothing is sent
     */
    void spend();

    /** Whether somebody waits for the answer, who can ask again at any time: it is not worth a long wait. */
    boolean isLook();
}
