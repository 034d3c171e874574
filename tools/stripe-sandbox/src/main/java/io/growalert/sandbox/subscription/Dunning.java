package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.Confirmation;
import io.growalert.sandbox.payment.PaymentMethodResource;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** How the invoices of subscriptions are collected, and what an attempt means for the subscription. */
final class Dunning {
    /** Days between the attempts to collect an invoice. */
    private static final List<Integer> RETRIES = List.of(3, 5, 7);

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final Invoices invoices;
    private final PaymentMethodResource methods;

    Dunning(Store store, EventLog events, ObjectClock time, Invoices invoices, PaymentMethodResource methods) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.invoices = invoices;
        this.methods = methods;
    }

    /** What pays a subscription by default; null when nothing does. */
    @Nullable
    ObjectNode method(ObjectNode subscription) {
        var own = JsonNodes.text(subscription, "default_payment_method");
        return own == null
                ? methods.defaultOf(store.get("customer", JsonNodes.textOf(subscription, "customer")))
                : methods.named(own, "default_payment_method");
    }

    /**
     * Attempts to collect an open invoice.
     *
     * @return whether there was nothing to pay with
     */
    boolean collect(ObjectNode subscription, ObjectNode invoice, Confirmation how) {
        var method = method(subscription);
        if (method == null) {
            invoices.unpaid(invoice);
            return true;
        }
        invoices.pay(invoice, method, how);
        return false;
    }

    /**
     * An invoice was not paid.
     *
     * @return whether another attempt follows
     */
    boolean behind(ObjectNode subscription, ObjectNode invoice) {
        var tries = (int) JsonNodes.number(invoice, "attempt_count");
        if (tries > RETRIES.size()) {
            return false;
        }
        var next = time.of(subscription)
                + Duration.ofDays(RETRIES.get(Math.max(0, tries - 1))).toSeconds();
        events.changed(invoice, "invoice.updated", changed -> changed.put("next_payment_attempt", next));
        events.changed(subscription, "customer.subscription.updated", changed -> changed.put("status", "past_due"));
        delinquent(subscription, true);
        return true;
    }

    /** An invoice was paid, and with it the subscription is. */
    void paid(ObjectNode subscription, ObjectNode intent) {
        settled(subscription, intent, true);
        delinquent(subscription, false);
    }

    /** What paid becomes the default of the subscription if that was wanted. */
    void settled(ObjectNode subscription, ObjectNode intent, boolean activates) {
        events.changed(subscription, "customer.subscription.updated", changed -> {
            if (activates && !"trialing".equals(JsonNodes.text(changed, "status"))) {
                changed.put("status", "active");
            }
            if ("on_subscription"
                            .equals(JsonNodes.text(changed.path("payment_settings"), "save_default_payment_method"))
                    && !JsonNodes.isNull(intent, "payment_method")
                    && JsonNodes.isNull(changed, "default_payment_method")) {
                changed.set("default_payment_method", intent.path("payment_method"));
            }
        });
    }

    /** The second of the next attempt; {@link Long#MAX_VALUE} when there is none. */
    long retryAt(ObjectNode subscription) {
        var invoice = "past_due".equals(JsonNodes.text(subscription, "status")) ? latest(subscription) : null;
        return invoice == null || !Invoices.isOpen(invoice) || JsonNodes.isNull(invoice, "next_payment_attempt")
                ? Long.MAX_VALUE
                : JsonNodes.number(invoice, "next_payment_attempt");
    }

    @Nullable
    ObjectNode latest(ObjectNode subscription) {
        return store.find(Invoices.KIND, JsonNodes.text(subscription, "latest_invoice"));
    }

    private void delinquent(ObjectNode subscription, boolean delinquent) {
        events.changed(
                store.get("customer", JsonNodes.textOf(subscription, "customer")),
                "customer.updated",
                changed -> changed.put("delinquent", delinquent));
    }
}
