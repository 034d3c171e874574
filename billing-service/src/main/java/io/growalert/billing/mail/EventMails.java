package io.growalert.billing.mail;

import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.stripe.StripeSubscriptions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which facts in Stripe's events customers are notified of. Pure, and decided by the event alone: the same event gives the same
 * fact, whenever and however often it is applied. Of several events that report one fact, each gives the same subject.
 */
public final class EventMails {
    /** An older fact notifies no customer: a first start on old events sends nothing. */
    static final Duration NEWS = Duration.ofDays(3);

    /** The customer is at the page that shows the result. */
    private static final Set<String> AT_THE_PAGE = Set.of("subscription_create", "subscription_update");

    private EventMails() {}

    /**
     * An event's object and its owner.
     *
     * @param created when the event happened
     * @param changed the fields of the object that the event changed; empty: it does not name them
     * @param customer null when there is none
     */
    public record Applied(
            String type,
            Instant created,
            StripeFields object,
            Set<String> changed,
            @Nullable String customer) {
        public Applied {
            changed = Set.copyOf(changed);
        }
    }

    /**
     * The fact in an event, if there is one.
     *
     * @throws io.growalert.billing.stripe.MalformedObject when a field is missing or wrong
     */
    public static Optional<MailFact> of(Applied event, Instant now) {
        return isNews(event.created(), now) ? fact(event, now) : Optional.empty();
    }

    private static boolean isNews(Instant at, Instant now) {
        return !at.isBefore(now.minus(NEWS));
    }

    private static Optional<MailFact> fact(Applied event, Instant now) {
        return switch (event.type()) {
            case "invoice.paid", "invoice.payment_succeeded" -> receipt(event);
            case "invoice.payment_failed" -> unpaid(MailKind.PAYMENT_FAILED, event);
            case "invoice.payment_action_required" -> unpaid(MailKind.ACTION_NEEDED, event);
            case "payment_intent.succeeded", "charge.succeeded" -> paidOrder(event);
            case "customer.subscription.trial_will_end" -> trialEnding(event);
            case "customer.subscription.updated" -> willEnd(event, now);
            case "customer.subscription.deleted" -> ended(event);
            case "refund.created" -> refund(event);
            case "refund.updated", "charge.refund.updated" -> updatedRefund(event, now);
            default -> Optional.empty();
        };
    }

    private static Optional<MailFact> receipt(Applied event) {
        var invoice = event.object();
        if (!invoice.text("status").equals("paid") || invoice.number("amount_paid", 0) <= 0) {
            return Optional.empty();
        }
        var values = values(invoice, "amount_paid");
        links(invoice, values);
        return fact(MailKind.RECEIPT, event, invoice.text("id"), values);
    }

    /** Each attempt is a fact: its number is part of the subject. */
    private static Optional<MailFact> unpaid(MailKind kind, Applied event) {
        var invoice = event.object();
        if (!invoice.text("status").equals("open")
                || AT_THE_PAGE.contains(String.valueOf(invoice.optionalText("billing_reason")))) {
            return Optional.empty();
        }
        var values = values(invoice, invoice.has("amount_remaining") ? "amount_remaining" : "amount_due");
        links(invoice, values);
        values.put("invoice", invoice.text("id"));
        var next = invoice.optionalTime("next_payment_attempt");
        if (next != null) {
            values.put("nextAttempt", next.toString());
        }
        return fact(kind, event, "%s:%d".formatted(invoice.text("id"), invoice.number("attempt_count", 0)), values);
    }

    private static void links(StripeFields invoice, Map<String, String> values) {
        put(values, "number", invoice.optionalText("number"));
        put(values, "invoiceUrl", invoice.webAddress("hosted_invoice_url"));
        put(values, "pdfUrl", invoice.webAddress("invoice_pdf"));
    }

    /** A charge of a payment repeats the payment's metadata. */
    private static Optional<MailFact> paidOrder(Applied event) {
        var payment = event.object();
        var order = payment.object("metadata").optionalText("growalert_order");
        if (order == null || payment.has("payment_intent")) {
            return Optional.empty();
        }
        var values = values(payment, payment.has("amount_received") ? "amount_received" : "amount");
        values.put("order", order);
        put(values, "quantity", payment.object("metadata").optionalText("growalert_quantity"));
        return fact(MailKind.RECEIPT, event, order, values);
    }

    private static Optional<MailFact> trialEnding(Applied event) {
        var subscription = event.object();
        var end = subscription.optionalTime("trial_end");
        if (end == null || !subscription.text("status").equals("trialing") || endsAt(subscription) != null) {
            return Optional.empty();
        }
        var values = new HashMap<String, String>();
        values.put("subscription", subscription.text("id"));
        values.put("trialEnd", end.toString());
        // the event does not show whether the customer has one
        boolean hasMethod = subscription.has("default_payment_method") || subscription.has("default_source");
        if (!hasMethod && StripeSubscriptions.endsWithoutMethod(subscription)) {
            values.put("noCard", "true");
        }
        return fact(
                MailKind.TRIAL_ENDING, event, "%s:%d".formatted(subscription.text("id"), end.getEpochSecond()), values);
    }

    /** The fact is the cancellation, which happened at {@code canceled_at}; each later event of the subscription repeats it. */
    private static Optional<MailFact> willEnd(Applied event, Instant now) {
        var subscription = event.object();
        var canceled = subscription.optionalTime("canceled_at");
        var ends = endsAt(subscription);
        if (ends == null || canceled == null || subscription.has("ended_at") || !isNews(canceled, now)) {
            return Optional.empty();
        }
        var values = new HashMap<String, String>();
        values.put("subscription", subscription.text("id"));
        values.put("endsAt", ends.toString());
        values.put("scheduled", "true");
        return fact(
                MailKind.CANCELED,
                event,
                "%s:scheduled:%d".formatted(subscription.text("id"), canceled.getEpochSecond()),
                values);
    }

    /** Null unless the subscription is scheduled to end. Until API 2025-03-31 the period was a field of the subscription. */
    private static @Nullable Instant endsAt(StripeFields subscription) {
        var at = subscription.optionalTime("cancel_at");
        if (at != null || !subscription.flag("cancel_at_period_end")) {
            return at;
        }
        var items = subscription.list("items");
        var period = items.isEmpty() || subscription.has("current_period_end") ? subscription : items.getFirst();
        return period.optionalTime("current_period_end");
    }

    private static Optional<MailFact> ended(Applied event) {
        var subscription = event.object();
        if (!subscription.text("status").equals("canceled")) {
            return Optional.empty();
        }
        var values = new HashMap<String, String>();
        values.put("subscription", subscription.text("id"));
        var ended = subscription.optionalTime("ended_at");
        values.put("endsAt", (ended == null ? event.created() : ended).toString());
        var reason = subscription.object("cancellation_details").optionalText("reason");
        if ("payment_failed".equals(reason)) {
            values.put("unpaid", "true");
        }
        return fact(MailKind.CANCELED, event, subscription.text("id"), values);
    }

    /** An update repeats the status, such as when the bank's reference is known: the fact is the refund, or that it succeeded later. */
    private static Optional<MailFact> updatedRefund(Applied event, Instant now) {
        return event.changed().contains("status") || isNews(event.object().time("created"), now)
                ? refund(event)
                : Optional.empty();
    }

    /** Early API versions have no status of a refund: then it succeeded. */
    private static Optional<MailFact> refund(Applied event) {
        var refund = event.object();
        return refund.has("status") && !refund.text("status").equals("succeeded")
                ? Optional.empty()
                : fact(MailKind.REFUNDED, event, refund.text("id"), values(refund, "amount"));
    }

    private static Map<String, String> values(StripeFields object, String amount) {
        var values = new HashMap<String, String>();
        values.put("amount", Long.toString(object.number(amount)));
        values.put("currency", object.text("currency"));
        return values;
    }

    private static void put(Map<String, String> values, String name, @Nullable String value) {
        if (value != null) {
            values.put(name, value);
        }
    }

    private static Optional<MailFact> fact(MailKind kind, Applied event, String subject, Map<String, String> values) {
        return event.customer() == null
                ? Optional.empty()
                : Optional.of(new MailFact(kind, subject, event.customer(), values));
    }
}
