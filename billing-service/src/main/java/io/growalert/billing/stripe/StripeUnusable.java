package io.growalert.billing.stripe;

import io.growalert.runtime.PlainReason;

/** Stripe is unreachable or rejects the secret key: the service does not start. */
public final class StripeUnusable extends RuntimeException implements PlainReason {
    private static final long serialVersionUID = 1L;

    StripeUnusable(String message) {
        super(message);
    }
}
