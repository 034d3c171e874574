package io.growalert.billing.reconcile;

import io.growalert.billing.stripe.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** How the objects of a kind are listed. Owners are first, and charges before the orders that are recorded from payments. */
enum Listing {
    CUSTOMERS(Kind.CUSTOMER, "customers"),
    SUBSCRIPTIONS(Kind.SUBSCRIPTION, "subscriptions"),
    INVOICES(Kind.INVOICE, "invoices"),
    CHARGES(Kind.CHARGE, "charges"),
    PAYMENTS(Kind.PAYMENT, "payments"),
    INVOICE_PAYMENTS(Kind.INVOICE_PAYMENT, "invoice payments"),
    REFUNDS(Kind.REFUND, "refunds"),
    DISPUTES(Kind.DISPUTE, "disputes");

    private final Kind kind;
    private final String plural;

    Listing(Kind kind, String plural) {
        this.kind = kind;
        this.plural = plural;
    }

    Kind kind() {
        return kind;
    }

    String path() {
        return kind.path();
    }

    /** The parameters of each list to read: objects created since, and some of any age. */
    List<Map<String, String>> lists(Instant since) {
        var created = "created[gte]";
        var second = Long.toString(since.getEpochSecond());
        return switch (this) {
            // without a status: all except canceled ones
            case SUBSCRIPTIONS -> List.of(Map.of(created, second, "status", "all"), Map.of());
            case INVOICES -> List.of(Map.of(created, second), Map.of("status", "open"));
            case CUSTOMERS, PAYMENTS, CHARGES, INVOICE_PAYMENTS, REFUNDS, DISPUTES -> List.of(Map.of(created, second));
        };
    }

    /** For messages. */
    String plural() {
        return plural;
    }
}
