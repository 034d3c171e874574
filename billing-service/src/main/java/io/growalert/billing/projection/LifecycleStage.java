package io.growalert.billing.projection;

import io.growalert.events.BillingRecord;

/**
 * The lifecycle stage of a record. Of two states in the same second the one at the later stage is the later one: no object
 * returns to an earlier stage, and no event precedes its {@code .created}.
 */
enum LifecycleStage {
    CUSTOMER_ACTIVE(0),
    /** Final. */
    CUSTOMER_DELETED(9),

    SUBSCRIPTION_INCOMPLETE(0),
    SUBSCRIPTION_RUNNING(1),
    SUBSCRIPTION_ENDED(2),

    INVOICE_DRAFT(0),
    INVOICE_OPEN(1),
    INVOICE_UNCOLLECTIBLE(2),
    INVOICE_CLOSED(3),

    /** Of payments, charges, refunds, disputes, orders and invoice payments. */
    PENDING(0),
    ENDED(1);

    private final int number;

    LifecycleStage(int number) {
        this.number = number;
    }

    static LifecycleStage of(BillingRecord record) {
        return switch (record) {
            case BillingRecord.Customer customer -> customer.deleted() ? CUSTOMER_DELETED : CUSTOMER_ACTIVE;
            case BillingRecord.Subscription subscription ->
                switch (subscription.status()) {
                    case "incomplete" -> SUBSCRIPTION_INCOMPLETE;
                    case "canceled", "incomplete_expired" -> SUBSCRIPTION_ENDED;
                    default -> SUBSCRIPTION_RUNNING;
                };
            case BillingRecord.Invoice invoice ->
                switch (invoice.status()) {
                    case "draft" -> INVOICE_DRAFT;
                    case "uncollectible" -> INVOICE_UNCOLLECTIBLE;
                    case "paid", "void", "deleted" -> INVOICE_CLOSED;
                    default -> INVOICE_OPEN;
                };
            case BillingRecord.InvoicePayment payment ->
                endedUnless(payment.status().equals("open"));
            case BillingRecord.Payment payment -> endedUnless(!payment.isEnded());
            case BillingRecord.Charge charge -> endedUnless(charge.status().equals("pending"));
            case BillingRecord.Refund refund ->
                switch (refund.status()) {
                    case "pending", "requires_action" -> PENDING;
                    default -> ENDED;
                };
            case BillingRecord.Dispute dispute -> endedUnless(!dispute.isEnded());
            case BillingRecord.DeviceOrder order -> endedUnless(!order.isEnded());
        };
    }

    private static LifecycleStage endedUnless(boolean pending) {
        return pending ? PENDING : ENDED;
    }

    /** The rank, as the column {@code rank} stores it, of a state in an event of this type. */
    int rankInEvent(String eventType) {
        return eventType.endsWith(".created") ? 2 * number : rankWhenFetched();
    }

    /** The rank of a state that was fetched. */
    int rankWhenFetched() {
        return 2 * number + 1;
    }

    /** Whether this is the rank of a deleted customer, which no other record reaches. */
    static boolean isDeletedCustomer(int rank) {
        return rank >= 2 * CUSTOMER_DELETED.number;
    }
}
