package io.growalert.billing.stripe;

import io.growalert.runtime.PlainReason;

/** Nobody could pay, whatever was tried: the service does not start. */
public final class StripeUnusable extends RuntimeException implements PlainReason {
    private static final long serialVersionUID = 1L;

    StripeUnusable(String message) {
        super(message);
    }
}
