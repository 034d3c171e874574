package io.growalert.billing.reconcile;

import io.growalert.billing.stripe.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How the objects of a kind are listed, and which of ours may have changed without being in a list. Owners are first, and charges
 * before the orders that are recorded from payments.
 */
enum Listing {
    CUSTOMERS(Kind.CUSTOMER, "customer", "not t.deleted and t.created_at >= :since"),
    SUBSCRIPTIONS(Kind.SUBSCRIPTION, "subscription", "t.status not in ('canceled', 'incomplete_expired')"),
    INVOICES(Kind.INVOICE, "invoice", "t.status in ('draft', 'open')"),
    CHARGES(Kind.CHARGE, "charge", "t.status = 'pending'"),
    PAYMENTS(Kind.PAYMENT, "payment", "t.status not in ('succeeded', 'canceled')"),
    INVOICE_PAYMENTS(Kind.INVOICE_PAYMENT, "invoice_payment", "t.status = 'open'"),
    REFUNDS(Kind.REFUND, "refund", "t.status in ('pending', 'requires_action')"),
    DISPUTES(Kind.DISPUTE, "dispute", "t.status not in ('won', 'lost', 'warning_closed')");

    private final Kind kind;
    private final String record;
    private final String mayChange;

    /**
     * @param record the kind as recorded; its table is named after it
     * @param mayChange a condition on the row {@code t}
     */
    Listing(Kind kind, String record, String mayChange) {
        this.kind = kind;
        this.record = record;
        this.mayChange = mayChange;
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

    /** The ids of recorded objects that may have changed, or whose row was lost; the longest unseen first. */
    String sql() {
        return """
                select o.id from billing.objects o left join billing.%1$ss t on t.id = o.id
                where o.kind = '%1$s' and (t.id is null or %2$s)
                order by o.as_of
                """.formatted(record, mayChange);
    }

    /** For messages. */
    String plural() {
        return record.replace('_', ' ') + "s";
    }
}
