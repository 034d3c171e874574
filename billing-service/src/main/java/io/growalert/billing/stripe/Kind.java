package io.growalert.billing.stripe;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The recorded kinds of Stripe's objects. */
public enum Kind {
    CUSTOMER("customer", "customers"),
    SUBSCRIPTION("subscription", "subscriptions"),
    INVOICE("invoice", "invoices"),
    INVOICE_PAYMENT("invoice_payment", "invoice_payments"),
    PAYMENT("payment_intent", "payment_intents"),
    CHARGE("charge", "charges"),
    REFUND("refund", "refunds"),
    DISPUTE("dispute", "disputes");

    private static final Map<String, Kind> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Kind::objectName, Function.identity()));

    private final String objectName;
    private final String collection;

    Kind(String objectName, String collection) {
        this.objectName = objectName;
        this.collection = collection;
    }

    /** Stripe's name, in the object's field {@code object}. */
    public String objectName() {
        return objectName;
    }

    /** Empty for a kind that is not recorded. */
    public static Optional<Kind> ofObject(String objectName) {
        return Optional.ofNullable(BY_NAME.get(objectName));
    }

    /** The path of their list in Stripe's API. */
    public String path() {
        return "/v1/" + collection;
    }
}
