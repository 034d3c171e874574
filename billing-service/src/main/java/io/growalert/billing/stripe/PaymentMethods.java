package io.growalert.billing.stripe;

import java.util.List;

/** What customers pay by. */
public final class PaymentMethods {
    /** Stripe's names of the types. Device orders and subscriptions accept the same. */
    public static final List<String> TYPES = List.of("card");

    private PaymentMethods() {}
}
