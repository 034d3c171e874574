package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import io.growalert.sandbox.payment.ChargeResource;
import io.growalert.sandbox.payment.Confirmation;
import io.growalert.sandbox.payment.Payments;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Invoices of subscriptions. Unlike at Stripe, where a renewal's invoice stays a draft for about an hour, each is finalized at
 * once.
 */
final class Invoices {
    static final String KIND = "invoice";

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final Payments payments;
    private final List<BiConsumer<ObjectNode, ObjectNode>> outcomes = new ArrayList<>();
    private final List<Consumer<ObjectNode>> voids = new ArrayList<>();
    private final List<Consumer<ObjectNode>> finalizations = new ArrayList<>();

    Invoices(Store store, EventLog events, ObjectClock time, Payments payments) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.payments = payments;
        payments.onOutcome(this::tried);
    }

    /** Registers a listener for each payment attempt, which receives the invoice and the payment intent. */
    void onOutcome(BiConsumer<ObjectNode, ObjectNode> outcome) {
        outcomes.add(outcome);
    }

    /** Registers a listener for each invoice that was voided. */
    void onVoid(Consumer<ObjectNode> voided) {
        voids.add(voided);
    }

    /** Registers what an invoice gets when it is finalized, before its events. */
    void onFinalize(Consumer<ObjectNode> finalized) {
        finalizations.add(finalized);
    }

    /** Emits the draft's event and finalizes it. */
    void issue(ObjectNode invoice, String description) {
        events.emit("invoice.created", invoice, null);
        finish(invoice, description);
    }

    /** Finalizes a draft: it gets a number, and a payment intent unless nothing is due. */
    void finish(ObjectNode invoice, String description) {
        var customer = store.get("customer", JsonNodes.textOf(invoice, "customer"));
        var number = JsonNodes.number(customer, "next_invoice_sequence");
        var due = JsonNodes.number(invoice, "amount_due");
        var leftover = due > 0 ? 0 : JsonNodes.number(invoice, "starting_balance") + JsonNodes.number(invoice, "total");
        events.changed(customer, "customer.updated", changed -> {
            changed.put("next_invoice_sequence", number + 1);
            changed.put("balance", leftover);
            changed.set("currency", invoice.path("currency"));
        });
        var now = time.of(invoice);
        invoice.put("number", "%s-%04d".formatted(JsonNodes.textOf(customer, "invoice_prefix"), number));
        invoice.put("status", "open").put("effective_at", now).put("ending_balance", leftover);
        finalizations.forEach(finalization -> finalization.accept(invoice));
        invoice.withObjectProperty("status_transitions").put("finalized_at", now);
        if (due == 0) {
            store.save(invoice);
            events.emit("invoice.finalized", invoice, null);
            paid(invoice);
            return;
        }
        var intent = payments.draft(
                new ChargeResource.Money(due, JsonNodes.textOf(invoice, "currency")),
                JsonNodes.textOf(invoice, "customer"));
        intent.put("_invoice", JsonNodes.id(invoice));
        intent.put("description", description);
        intent.put("setup_future_usage", "off_session");
        invoice.put("_intent", JsonNodes.id(intent));
        var payment = Templates.of("invoice_payment", ObjectIds.next("inpay"), now);
        payment.put("amount_requested", due);
        payment.set("currency", invoice.path("currency"));
        payment.put("invoice", JsonNodes.id(invoice));
        payment.withObjectProperty("payment").put("payment_intent", JsonNodes.id(intent));
        invoice.put("_payment", JsonNodes.id(store.save(payment)));
        store.save(invoice);
        events.emit("invoice.finalized", invoice, null);
        events.created(intent, "payment_intent.created");
    }

    /**
     * Attempts the payment of an open invoice.
     *
     * @return why it failed; null when it is paid, owes nothing or waits for the card's holder
     */
    @Nullable
    ApiError pay(ObjectNode invoice, ObjectNode method, Confirmation how) {
        return isOpen(invoice) ? payments.confirm(intent(invoice), method, how) : null;
    }

    static boolean isOpen(ObjectNode invoice) {
        return "open".equals(JsonNodes.text(invoice, "status"));
    }

    ObjectNode intent(ObjectNode invoice) {
        return store.get(Payments.KIND, JsonNodes.textOf(invoice, "_intent"));
    }

    boolean isProcessing(ObjectNode invoice) {
        return isOpen(invoice) && "processing".equals(JsonNodes.text(intent(invoice), "status"));
    }

    /** Nothing can pay an open invoice: that counts as an attempt. */
    void unpaid(ObjectNode invoice) {
        attempted(invoice);
        events.emit("invoice.payment_failed", invoice, null);
    }

    /** Voids an open invoice. */
    void giveUp(ObjectNode invoice) {
        invoice.put("status", "void").put("auto_advance", false).putNull("next_payment_attempt");
        invoice.withObjectProperty("status_transitions").put("voided_at", time.of(invoice));
        store.save(invoice);
        if (Payments.isOpen(intent(invoice))) {
            payments.cancel(intent(invoice), "void_invoice");
        }
        var payment = store.get("invoice_payment", JsonNodes.textOf(invoice, "_payment"));
        payment.put("status", "canceled");
        payment.withObjectProperty("status_transitions").put("canceled_at", time.of(invoice));
        store.save(payment);
        events.emit("invoice.voided", invoice, null);
        voids.forEach(voided -> voided.accept(invoice));
    }

    /** Marks an open invoice as paid out of band. */
    void paidElsewhere(ObjectNode invoice) {
        var intent = intent(invoice);
        paid(invoice);
        payments.cancel(intent, "void_invoice");
        outcomes.forEach(outcome -> outcome.accept(invoice, intent));
    }

    private void paid(ObjectNode invoice) {
        var before = JsonNodes.shown(invoice);
        invoice.put("attempted", true).put("status", "paid").put("auto_advance", false);
        invoice.put("amount_paid", JsonNodes.number(invoice, "amount_due")).put("amount_remaining", 0);
        invoice.putNull("next_payment_attempt");
        invoice.withObjectProperty("status_transitions").put("paid_at", time.of(invoice));
        store.save(invoice);
        events.emit("invoice.updated", invoice, JsonNodes.previous(before, JsonNodes.shown(invoice)));
        events.emit("invoice.paid", invoice, null);
        events.emit("invoice.payment_succeeded", invoice, null);
    }

    /** Counts a failed attempt to collect an invoice. */
    private void attempted(ObjectNode invoice) {
        events.changed(invoice, "invoice.updated", changed -> changed.put("attempted", true)
                .put("attempt_count", JsonNodes.number(changed, "attempt_count") + 1));
    }

    private void tried(ObjectNode intent) {
        var invoice = store.find(KIND, JsonNodes.text(intent, "_invoice"));
        if (invoice == null || !isOpen(invoice)) {
            return;
        }
        switch (JsonNodes.textOf(intent, "status")) {
            case "succeeded" -> {
                invoice.put("attempt_count", JsonNodes.number(invoice, "attempt_count") + 1);
                paid(invoice);
                var payment = store.get("invoice_payment", JsonNodes.textOf(invoice, "_payment"));
                payment.put("status", "paid").put("amount_paid", JsonNodes.number(invoice, "amount_paid"));
                payment.withObjectProperty("status_transitions").put("paid_at", time.of(invoice));
                store.save(payment);
                events.emit("invoice_payment.paid", payment, null);
            }
            case "requires_action" -> {
                attempted(invoice);
                events.emit("invoice.payment_action_required", invoice, null);
            }
            case "requires_payment_method" -> {
                attempted(invoice);
                events.emit("invoice.payment_failed", invoice, null);
            }
            default -> {}
        }
        outcomes.forEach(outcome -> outcome.accept(invoice, intent));
    }
}
