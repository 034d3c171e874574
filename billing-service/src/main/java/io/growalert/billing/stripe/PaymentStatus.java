package io.growalert.billing.stripe;

import java.util.Arrays;

/** The status of a payment (a PaymentIntent) at Stripe. */
public enum PaymentStatus {
    REQUIRES_PAYMENT_METHOD("requires_payment_method"),
    REQUIRES_CONFIRMATION("requires_confirmation"),
    /** The card's bank waits for its owner. */
    REQUIRES_ACTION("requires_action"),
    PROCESSING("processing"),
    REQUIRES_CAPTURE("requires_capture"),
    SUCCEEDED("succeeded"),
    CANCELED("canceled"),
    /** A status of a later version of Stripe's API. */
    UNKNOWN("");

    private final String atStripe;

    PaymentStatus(String atStripe) {
        this.atStripe = atStripe;
    }

    static PaymentStatus of(String atStripe) {
        return Arrays.stream(values())
                .filter(status -> status.atStripe.equals(atStripe))
                .findFirst()
                .orElse(UNKNOWN);
    }

    /** Whether a client that knows the payment's secret could still confirm it at once. */
    boolean isUnpaid() {
        return this == REQUIRES_PAYMENT_METHOD || this == REQUIRES_CONFIRMATION;
    }
}
