package io.growalert.billing.stripe;

/** An object of Stripe has a missing or wrong field. The message names the field, never its value. */
public final class MalformedObject extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedObject(String field, String expected) {
        super("%s: expected %s".formatted(field, expected));
    }
}
