package io.growalert.billing.ledger;

import io.growalert.events.BillingRecord;

/**
 * How far a record is on its way of life. Within one second, whoever is further is the later one: a stage is never left for an
 * earlier one, and nothing comes before {@code .created}.
 */
final class Rank {
    /** Of a deleted customer: nothing comes after it. */
    static final int DELETED = 19;

    private Rank() {}

    /** As an event of this type told it. */
    static int told(BillingRecord record, String eventType) {
        return 2 * stage(record) + (eventType.endsWith(".created") ? 0 : 1);
    }

    /** As it was read from Stripe. */
    static int fetched(BillingRecord record) {
        return 2 * stage(record) + 1;
    }

    private static int stage(BillingRecord record) {
        return switch (record) {
            case BillingRecord.Customer customer -> customer.deleted() ? 9 : 0;
            case BillingRecord.Subscription subscription ->
                switch (subscription.status()) {
                    case "incomplete" -> 0;
                    case "canceled", "incomplete_expired" -> 2;
                    default -> 1;
                };
            case BillingRecord.Invoice invoice ->
                switch (invoice.status()) {
                    case "draft" -> 0;
                    case "uncollectible" -> 2;
                    case "paid", "void", "deleted" -> 3;
                    default -> 1;
                };
            case BillingRecord.InvoicePayment payment -> payment.status().equals("open") ? 0 : 1;
            case BillingRecord.Payment payment -> payment.isEnded() ? 1 : 0;
            case BillingRecord.Charge charge -> charge.status().equals("pending") ? 0 : 1;
            case BillingRecord.Refund refund ->
                switch (refund.status()) {
                    case "pending", "requires_action" -> 0;
                    default -> 1;
                };
            case BillingRecord.Dispute dispute -> dispute.isEnded() ? 1 : 0;
            case BillingRecord.DeviceOrder order -> order.isEnded() ? 1 : 0;
        };
    }
}
