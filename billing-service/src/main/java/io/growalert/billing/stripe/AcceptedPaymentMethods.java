package io.growalert.billing.stripe;

import java.util.List;

/** The payment methods that customers can use. */
public final class AcceptedPaymentMethods {
    /** Stripe's names of the types. Device orders and subscriptions accept the same. */
    public static final List<String> TYPES = List.of("card");

    private AcceptedPaymentMethods() {}
}
