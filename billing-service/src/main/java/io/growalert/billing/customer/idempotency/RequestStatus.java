package io.growalert.billing.customer.idempotency;

import java.util.Arrays;

/** The column {@code state} of {@code billing.requests}. */
enum RequestStatus {
    /** In progress until the lease expires; afterwards the outcome is unknown. */
    OPEN("open"),
    /** The object is created; its status is read from Stripe. */
    DONE("done"),
    /** A card was declined. */
    FAILED("failed");

    private final String column;

    RequestStatus(String column) {
        this.column = column;
    }

    String column() {
        return column;
    }

    static RequestStatus of(String column) {
        return Arrays.stream(values())
                .filter(status -> status.column.equals(column))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("unknown state of a request: " + column));
    }
}
