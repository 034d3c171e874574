package io.growalert.billing.projection;

import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.MalformedObject;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.events.BillingRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Maps an object of Stripe to our records: the same object gives the same records, whichever API version wrote it and whatever
 * is expanded in it. Independent of what is recorded.
 */
public final class Projection {
    private Projection() {}

    /**
     * @param customer the owner; see {@link Ownership}
     * @param deleted the event is of a deletion, which the object itself does not always show
     * @throws MalformedObject when a field is missing or wrong
     */
    public static List<ProjectedRecord> of(Kind kind, JsonNode object, @Nullable String customer, boolean deleted) {
        var fields = new StripeFields(object, kind.objectName());
        boolean isDeleted = deleted || fields.flag("deleted");
        return switch (kind) {
            case CUSTOMER -> List.of(isDeleted ? deletedCustomer(fields.text("id")) : customer(fields));
            case SUBSCRIPTION -> one(subscription(fields));
            case INVOICE ->
                List.of(ProjectedRecord.linked(
                        invoice(fields, isDeleted),
                        links(fields, Map.of("hosted_url", "hosted_invoice_url", "pdf_url", "invoice_pdf"))));
            case INVOICE_PAYMENT -> one(invoicePayment(fields, customer));
            case PAYMENT -> payment(fields);
            case CHARGE -> charge(fields);
            case REFUND -> one(refund(fields, customer));
            case DISPUTE -> one(dispute(fields, customer));
        };
    }

    /** Only the id of a deleted customer is stored; Stripe shows no more either. */
    public static ProjectedRecord deletedCustomer(String id) {
        return ProjectedRecord.customer(new BillingRecord.Customer(id, null, 0, false, true, null), null, null);
    }

    private static List<ProjectedRecord> one(BillingRecord record) {
        return List.of(ProjectedRecord.of(record));
    }

    private static ProjectedRecord customer(StripeFields customer) {
        var record = new BillingRecord.Customer(
                customer.text("id"),
                customer.optionalText("currency"),
                customer.number("balance", 0),
                customer.flag("delinquent"),
                false,
                customer.optionalTime("created"));
        return ProjectedRecord.customer(record, customer.optionalText("email"), customer.optionalText("name"));
    }

    private static BillingRecord subscription(StripeFields subscription) {
        var items = subscription.list("items");
        return new BillingRecord.Subscription(
                subscription.text("id"),
                subscription.id("customer"),
                subscription.text("status"),
                subscription.has("currency") || items.isEmpty()
                        ? subscription.text("currency")
                        : priceOf(items.getFirst()).text("currency"),
                items.stream().map(item -> item(item, subscription)).toList(),
                subscription.flag("cancel_at_period_end"),
                subscription.optionalTime("cancel_at"),
                subscription.optionalTime("canceled_at"),
                subscription.optionalTime("ended_at"),
                subscription.optionalTime("trial_end"),
                subscription.optionalId("latest_invoice"),
                subscription.time("created"));
    }

    /** Until API 2025-03-31 the period was a field of the subscription; before prices there were plans. */
    private static BillingRecord.Subscription.Item item(StripeFields item, StripeFields subscription) {
        var price = priceOf(item);
        var period = item.has("current_period_end") ? item : subscription;
        return new BillingRecord.Subscription.Item(
                item.text("id"),
                price.text("id"),
                price.optionalId("product"),
                item.optionalNumber("quantity"),
                price.optionalNumber(item.has("price") ? "unit_amount" : "amount"),
                period.optionalTime("current_period_start"),
                period.optionalTime("current_period_end"));
    }

    private static StripeFields priceOf(StripeFields item) {
        return item.object(item.has("price") ? "price" : "plan");
    }

    private static BillingRecord invoice(StripeFields invoice, boolean deleted) {
        var parent = invoice.object("parent").object("subscription_details");
        long due = invoice.number("amount_due");
        long paid = invoice.number("amount_paid", 0);
        return new BillingRecord.Invoice(
                invoice.text("id"),
                invoice.optionalId("customer"),
                invoice.has("subscription") ? invoice.optionalId("subscription") : parent.optionalId("subscription"),
                invoice.optionalText("number"),
                deleted ? "deleted" : invoice.text("status"),
                invoice.optionalText("billing_reason"),
                invoice.text("currency"),
                due,
                paid,
                invoice.number("amount_remaining", due - paid),
                invoice.number("total", due),
                invoice.number("attempt_count", 0),
                invoice.optionalTime("period_start"),
                invoice.optionalTime("period_end"),
                invoice.optionalTime("due_date"),
                invoice.object("status_transitions").optionalTime("paid_at"),
                invoice.time("created"));
    }

    /** A browser opens them: anything but an address of the web is left out. */
    private static Map<String, @Nullable String> links(StripeFields object, Map<String, String> fieldsByColumn) {
        var links = new HashMap<String, @Nullable String>();
        fieldsByColumn.forEach((column, field) -> links.put(column, object.webAddress(field)));
        return links;
    }

    private static BillingRecord invoicePayment(StripeFields payment, @Nullable String customer) {
        var paidBy = payment.object("payment");
        return new BillingRecord.InvoicePayment(
                payment.text("id"),
                customer,
                payment.id("invoice"),
                paidBy.optionalId("payment_intent"),
                paidBy.optionalId("charge"),
                payment.text("status"),
                payment.text("currency"),
                payment.number("amount_requested"),
                payment.optionalNumber("amount_paid"),
                payment.object("status_transitions").optionalTime("paid_at"),
                payment.time("created"));
    }

    private static List<ProjectedRecord> payment(StripeFields payment) {
        var error = payment.object("last_payment_error");
        var charges = payment.list("charges");
        var record = new BillingRecord.Payment(
                payment.text("id"),
                payment.optionalId("customer"),
                payment.text("status"),
                payment.text("currency"),
                payment.number("amount"),
                payment.number("amount_received", 0),
                // until API 2022-11-15 a list of charges, the latest first
                payment.has("latest_charge") || charges.isEmpty()
                        ? payment.optionalId("latest_charge")
                        : charges.getFirst().text("id"),
                error.has("decline_code") ? error.optionalText("decline_code") : error.optionalText("code"),
                payment.optionalTime("canceled_at"),
                payment.time("created"));
        var status =
                switch (record.status()) {
                    case "requires_action", "requires_source_action" -> "awaiting_confirmation";
                    case "processing", "requires_capture" -> "processing";
                    case "succeeded" -> "paid";
                    case "canceled" -> "canceled";
                    default -> "pending";
                };
        return withOrder(
                ProjectedRecord.of(record), payment, status, record.amount(), record.currency(), record.createdAt());
    }

    /** A charge of a payment repeats the payment's metadata, and is not another order. */
    private static List<ProjectedRecord> charge(StripeFields charge) {
        long amount = charge.number("amount");
        var record = new BillingRecord.Charge(
                charge.text("id"),
                charge.optionalId("customer"),
                charge.optionalId("payment_intent"),
                charge.text("status"),
                charge.text("currency"),
                amount,
                charge.number("amount_captured", charge.flag("captured") ? amount : 0),
                charge.number("amount_refunded", 0),
                charge.flag("disputed") || charge.has("dispute"),
                charge.optionalText("failure_code"),
                charge.time("created"));
        var projected = ProjectedRecord.linked(record, links(charge, Map.of("receipt_url", "receipt_url")));
        if (record.payment() != null) {
            return List.of(projected);
        }
        var status =
                switch (record.status()) {
                    case "succeeded" -> "paid";
                    case "failed" -> "canceled";
                    default -> "processing";
                };
        return withOrder(projected, charge, status, amount, record.currency(), record.createdAt());
    }

    /** Without refunds and disputes; see {@link OrderSettlements}. */
    private static List<ProjectedRecord> withOrder(
            ProjectedRecord projected,
            StripeFields paid,
            String status,
            long amount,
            String currency,
            Instant createdAt) {
        var record = projected.record();
        var metadata = paid.object("metadata");
        var order = metadata.optionalText("growalert_order");
        if (order == null) {
            return List.of(projected);
        }
        return List.of(
                projected,
                ProjectedRecord.of(new BillingRecord.DeviceOrder(
                        order,
                        record.customer(),
                        record.id(),
                        status,
                        metadata.numberInText("growalert_quantity"),
                        currency,
                        metadata.numberInText("growalert_unit_amount"),
                        amount,
                        0,
                        false,
                        createdAt)));
    }

    /** Early API versions have no status of a refund: then it succeeded. */
    private static BillingRecord refund(StripeFields refund, @Nullable String customer) {
        return new BillingRecord.Refund(
                refund.text("id"),
                customer,
                refund.optionalId("charge"),
                refund.optionalId("payment_intent"),
                refund.has("status") ? refund.text("status") : "succeeded",
                refund.text("currency"),
                refund.number("amount"),
                refund.optionalText("reason"),
                refund.time("created"));
    }

    private static BillingRecord dispute(StripeFields dispute, @Nullable String customer) {
        return new BillingRecord.Dispute(
                dispute.text("id"),
                customer,
                dispute.id("charge"),
                dispute.optionalId("payment_intent"),
                dispute.text("status"),
                dispute.text("reason"),
                dispute.text("currency"),
                dispute.number("amount"),
                dispute.object("evidence_details").optionalTime("due_by"),
                dispute.time("created"));
    }
}
