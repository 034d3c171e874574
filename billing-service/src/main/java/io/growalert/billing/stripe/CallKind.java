package io.growalert.billing.stripe;

/** Calls that fail together: each kind has a circuit breaker. */
enum CallKind {
    PRICES("prices"),
    CUSTOMERS("customers"),
    SUBSCRIPTIONS("subscriptions"),
    PAYMENTS("payments");

    private final String label;

    CallKind(String label) {
        this.label = label;
    }

    /** In metrics and logs. */
    String label() {
        return label;
    }

    /** @param path such as {@code /v1/payment_intents/pi_1/confirm} */
    static CallKind of(String path) {
        if (path.startsWith("/v1/prices") || path.startsWith("/v1/products")) {
            return PRICES;
        }
        if (path.startsWith("/v1/customers")) {
            return CUSTOMERS;
        }
        return path.startsWith("/v1/subscriptions") || path.startsWith("/v1/invoices") ? SUBSCRIPTIONS : PAYMENTS;
    }
}
