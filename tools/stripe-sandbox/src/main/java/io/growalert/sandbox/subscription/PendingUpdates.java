package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.Confirmation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Updates of subscriptions that wait for the payment of their invoice. Until then the subscription stays unchanged; an update that
 * is not paid in time is discarded, and its invoice voided.
 */
final class PendingUpdates {
    private static final String UPDATE = "pending_update";
    /** The subscription, in the invoice of its pending update. */
    private static final String OF = "_pending_update";

    /** The invoice, in the subscription: its latest one may be another when the payment is processed for long. */
    private static final String INVOICE = "_pending_invoice";

    private static final String PAID = "_paid";
    private static final List<String> APPLIED =
            List.of("items", "currency", "billing_cycle_anchor", "metadata", "latest_invoice", "discounts", PAID);

    private static final long LONGEST = Duration.ofHours(23).toSeconds();

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final InvoiceDrafts drafts;
    private final Invoices invoices;

    PendingUpdates(Store store, EventLog events, ObjectClock time, InvoiceDrafts drafts, Invoices invoices) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.drafts = drafts;
        this.invoices = invoices;
        invoices.onVoid(this::voided);
    }

    static boolean isFor(ObjectNode invoice) {
        return invoice.has(OF);
    }

    /**
     * Invoices an update, and applies it if that is paid at once.
     *
     * @param wanted the subscription as the update makes it
     * @param method pays; null: nothing can
     */
    void begin(
            ObjectNode subscription,
            ObjectNode wanted,
            List<ObjectNode> lines,
            @Nullable ObjectNode method,
            Confirmation how) {
        var before = JsonNodes.shown(subscription);
        var invoice = drafts.draft(wanted, "subscription_update", lines);
        invoice.put(OF, JsonNodes.id(subscription));
        invoice.set(PAID, wanted.path(PAID).deepCopy());
        wanted.put("latest_invoice", JsonNodes.id(invoice));
        invoices.issue(invoice, "Subscription update");
        if (Invoices.isOpen(invoice) && method != null) {
            invoices.pay(invoice, method, how);
        } else if (Invoices.isOpen(invoice)) {
            invoices.unpaid(invoice);
        }
        if (Invoices.isOpen(invoice)) {
            subscription.put("latest_invoice", JsonNodes.id(invoice));
            subscription.put(INVOICE, JsonNodes.id(invoice));
            subscription.set(UPDATE, update(subscription, wanted));
        } else {
            for (var field : APPLIED) {
                if (wanted.has(field)) {
                    subscription.set(field, wanted.path(field));
                }
            }
        }
        store.save(subscription);
        updated(subscription, before);
    }

    /** When the pending update is discarded; {@link Long#MAX_VALUE} when there is none, or its payment is being processed. */
    long expiresAt(ObjectNode subscription) {
        return subscription.path(UPDATE).isObject() && !isProcessing(subscription)
                ? JsonNodes.number(subscription.path(UPDATE), "expires_at")
                : Long.MAX_VALUE;
    }

    /** Whether there is a pending update whose payment is being processed, so that it cannot be discarded. */
    boolean isProcessing(ObjectNode subscription) {
        return subscription.path(UPDATE).isObject() && invoices.isProcessing(invoice(subscription));
    }

    /** The invoice of the pending update is paid. */
    void apply(ObjectNode subscription, ObjectNode invoice) {
        if (!(subscription.path(UPDATE) instanceof ObjectNode update)
                || !JsonNodes.id(invoice).equals(JsonNodes.text(subscription, INVOICE))) {
            return;
        }
        var start = SubscriptionItems.periodStart(subscription);
        var end = SubscriptionItems.periodEnd(subscription);
        var before = JsonNodes.shown(subscription);
        var data = subscription.withObjectProperty("items").putArray("data");
        var items = JsonNodes.objects(update.path("subscription_items"));
        items.forEach(item -> data.add(item.deepCopy()));
        subscription.set("currency", SubscriptionItems.price(items.getFirst()).path("currency"));
        if (JsonNodes.isNull(update, "billing_cycle_anchor")) {
            SubscriptionItems.period(subscription, start, end);
        } else {
            subscription.set("billing_cycle_anchor", update.path("billing_cycle_anchor"));
        }
        if (update.path("metadata") instanceof ObjectNode metadata) {
            subscription.withObjectProperty("metadata").setAll(metadata);
        }
        subscription.putNull(UPDATE);
        subscription.set(PAID, invoice.path(PAID).deepCopy());
        store.save(subscription);
        updated(subscription, before);
        events.emit("customer.subscription.pending_update_applied", subscription, null);
    }

    /** Discards the pending update, if there is one, and voids its invoice. */
    void discard(ObjectNode subscription) {
        if (!subscription.path(UPDATE).isObject()) {
            return;
        }
        var invoice = invoice(subscription);
        if (Invoices.isOpen(invoice) && !invoices.isProcessing(invoice)) {
            invoices.giveUp(invoice);
        } else {
            drop(subscription);
        }
    }

    private void voided(ObjectNode invoice) {
        var subscription = store.find(SubscriptionLifecycle.KIND, JsonNodes.text(invoice, OF));
        if (subscription != null
                && subscription.path(UPDATE).isObject()
                && JsonNodes.id(invoice).equals(JsonNodes.text(subscription, INVOICE))) {
            drop(subscription);
        }
    }

    private void drop(ObjectNode subscription) {
        var before = JsonNodes.shown(subscription);
        subscription.putNull(UPDATE);
        store.save(subscription);
        updated(subscription, before);
        events.emit("customer.subscription.pending_update_expired", subscription, null);
    }

    private ObjectNode update(ObjectNode subscription, ObjectNode wanted) {
        var update = JsonNodes.object();
        var restarted = !subscription.path("billing_cycle_anchor").equals(wanted.path("billing_cycle_anchor"));
        update.put(
                "billing_cycle_anchor",
                restarted ? Long.valueOf(JsonNodes.number(wanted, "billing_cycle_anchor")) : null);
        update.putArray("discounts");
        update.put("expires_at", Math.min(time.of(subscription) + LONGEST, SubscriptionItems.periodEnd(subscription)));
        update.putNull("metadata");
        for (var entry : wanted.path("metadata").properties()) {
            if (!entry.getValue().equals(subscription.path("metadata").path(entry.getKey()))) {
                update.withObject("/metadata").set(entry.getKey(), entry.getValue());
            }
        }
        var items = update.putArray("subscription_items");
        SubscriptionItems.of(wanted).forEach(items::add);
        update.putNull("trial_end").putNull("trial_from_plan");
        return update;
    }

    private ObjectNode invoice(ObjectNode subscription) {
        return store.get(Invoices.KIND, JsonNodes.textOf(subscription, INVOICE));
    }

    private void updated(ObjectNode subscription, ObjectNode before) {
        events.emit(
                "customer.subscription.updated",
                subscription,
                JsonNodes.previous(before, JsonNodes.shown(subscription)));
    }
}
