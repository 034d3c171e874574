package io.growalert.billing.ledger;

/** An object of Stripe's is not as it should be. The message names the field, and never its value. */
final class BadShape extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadShape(String field, String expected) {
        super("%s: expected %s".formatted(field, expected));
    }
}
