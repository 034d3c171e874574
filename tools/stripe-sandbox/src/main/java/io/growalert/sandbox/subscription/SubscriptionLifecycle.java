package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.Confirmation;
import io.growalert.sandbox.payment.PaymentMethodResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The lifecycle of a subscription as time and payments drive it: active, renewed, past due, ended. */
public final class SubscriptionLifecycle {
    public static final String KIND = "subscription";
    static final Set<String> ENDED = Set.of("canceled", "incomplete_expired");

    private static final long FIRST_PAYMENT_WITHIN = Duration.ofHours(23).toSeconds();
    private static final long TRIAL_WARNING = Duration.ofDays(3).toSeconds();
    /** Days between the attempts to collect a renewal; after the last the subscription is canceled. */
    private static final List<Integer> RETRIES = List.of(3, 5, 7);

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final SubscriptionItems items;
    private final Invoices invoices;
    private final PendingUpdates pending;
    private final PaymentMethodResource methods;

    public SubscriptionLifecycle(
            Store store,
            EventLog events,
            ObjectClock time,
            SubscriptionItems items,
            Invoices invoices,
            PendingUpdates pending,
            PaymentMethodResource methods) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.items = items;
        this.invoices = invoices;
        this.pending = pending;
        this.methods = methods;
        invoices.onOutcome(this::paymentTried);
    }

    static boolean hasEnded(ObjectNode subscription) {
        return ENDED.contains(JsonNodes.textOf(subscription, "status"));
    }

    /** The second of a subscription's next step without a request; {@link Long#MAX_VALUE} when there is none. */
    public long due(ObjectNode subscription) {
        return Math.min(pending.expiresAt(subscription), next(subscription));
    }

    private long next(ObjectNode subscription) {
        return switch (JsonNodes.textOf(subscription, "status")) {
            case "incomplete" -> JsonNodes.number(subscription, "created") + FIRST_PAYMENT_WITHIN;
            case "trialing" -> {
                var end = JsonNodes.number(subscription, "trial_end");
                var cancel = cancelAt(subscription);
                var warned = JsonNodes.flag(subscription, "_trial_warned");
                yield Math.min(cancel, warned ? end : Math.max(end - TRIAL_WARNING, 0));
            }
            case "active", "past_due" ->
                Math.min(
                        Math.min(cancelAt(subscription), SubscriptionItems.periodEnd(subscription)),
                        retryAt(subscription));
            default -> Long.MAX_VALUE;
        };
    }

    /** Executes the step that is due. */
    public void act(ObjectNode subscription) {
        var now = due(subscription);
        if (pending.expiresAt(subscription) <= now) {
            pending.discard(subscription);
            return;
        }
        switch (JsonNodes.textOf(subscription, "status")) {
            case "incomplete" -> expire(subscription);
            case "trialing" -> {
                if (cancelAt(subscription) <= now) {
                    end(subscription, "canceled", "cancellation_requested");
                } else if (JsonNodes.number(subscription, "trial_end") <= now) {
                    endTrial(subscription);
                } else {
                    subscription.put("_trial_warned", true);
                    store.save(subscription);
                    events.emit("customer.subscription.trial_will_end", subscription, null);
                }
            }
            default -> {
                if (cancelAt(subscription) <= now) {
                    end(subscription, "canceled", "cancellation_requested");
                } else if (retryAt(subscription) <= now) {
                    retry(subscription);
                } else {
                    renew(subscription);
                }
            }
        }
    }

    /** Ends a subscription; its unpaid first invoice is voided. */
    void end(ObjectNode subscription, String status, String reason) {
        pending.discard(subscription);
        var now = time.of(subscription);
        subscription.put("status", status).put("ended_at", now);
        if (JsonNodes.isNull(subscription, "canceled_at")) {
            subscription.put("canceled_at", now);
        }
        subscription.withObjectProperty("cancellation_details").put("reason", reason);
        store.save(subscription);
        events.emit("customer.subscription.deleted", subscription, null);
        var invoice = latestInvoice(subscription);
        if (invoice != null && Invoices.isOpen(invoice)) {
            if (status.equals("incomplete_expired")) {
                invoices.giveUp(invoice);
            } else {
                events.changed(invoice, "invoice.updated", changed -> changed.put("auto_advance", false)
                        .putNull("next_payment_attempt"));
            }
        }
    }

    /** Begins the period after the current one, or the first after a trial, and charges it. */
    private void bill(ObjectNode subscription, String reason, String description) {
        var lines = new ArrayList<>(deferred(subscription));
        lines.addAll(items.lines(subscription, false));
        invoice(subscription, reason, description, lines, Confirmation.OF_INVOICE);
    }

    /**
     * Invoices some lines.
     *
     * @param how the subscription's default payment method pays; null: the invoice waits for the customer
     */
    void invoice(
            ObjectNode subscription,
            String reason,
            String description,
            List<ObjectNode> lines,
            @Nullable Confirmation how) {
        var invoice = invoices.draft(subscription, reason, lines);
        events.changed(
                subscription,
                "customer.subscription.updated",
                changed -> changed.put("latest_invoice", JsonNodes.id(invoice)));
        invoices.issue(invoice, description);
        if (!Invoices.isOpen(invoice)) {
            return;
        }
        if (how == null) {
            behind(subscription, invoice);
        } else {
            collect(subscription, invoice, how);
        }
    }

    /** Removes and returns the lines that wait for the next invoice. */
    private static List<ObjectNode> deferred(ObjectNode subscription) {
        var lines = JsonNodes.objects(subscription.path("_pending"));
        subscription.remove("_pending");
        return lines;
    }

    @Nullable
    ObjectNode method(ObjectNode subscription) {
        var own = JsonNodes.text(subscription, "default_payment_method");
        return own == null
                ? methods.defaultOf(store.get("customer", JsonNodes.textOf(subscription, "customer")))
                : methods.named(own, "default_payment_method");
    }

    private void expire(ObjectNode subscription) {
        var now = time.of(subscription);
        events.changed(
                subscription, "customer.subscription.updated", changed -> changed.put("status", "incomplete_expired")
                        .put("ended_at", now));
        var invoice = latestInvoice(subscription);
        if (invoice != null && Invoices.isOpen(invoice)) {
            invoices.giveUp(invoice);
        }
    }

    private void endTrial(ObjectNode subscription) {
        var behavior =
                JsonNodes.text(subscription.path("trial_settings").path("end_behavior"), "missing_payment_method");
        if (method(subscription) == null && "cancel".equals(behavior)) {
            end(subscription, "canceled", "payment_failed");
            return;
        }
        if (method(subscription) == null && "pause".equals(behavior)) {
            events.changed(subscription, "customer.subscription.updated", changed -> changed.put("status", "paused"));
            events.emit("customer.subscription.paused", subscription, null);
            return;
        }
        renew(subscription);
    }

    private void renew(ObjectNode subscription) {
        events.changed(subscription, "customer.subscription.updated", PlanChanges::renew);
        bill(subscription, "subscription_cycle", "Subscription update");
    }

    private void retry(ObjectNode subscription) {
        var invoice = latestInvoice(subscription);
        if (invoice != null) {
            collect(subscription, invoice, Confirmation.OF_INVOICE);
        }
    }

    private void collect(ObjectNode subscription, ObjectNode invoice, Confirmation how) {
        var method = method(subscription);
        if (method != null) {
            invoices.pay(invoice, method, how);
            return;
        }
        invoices.unpaid(invoice);
        behind(subscription, invoice);
    }

    /** The payment of an invoice succeeded or failed. */
    private void paymentTried(ObjectNode invoice, ObjectNode intent) {
        var subscription = store.get(KIND, InvoiceResource.subscription(invoice));
        if (hasEnded(subscription)) {
            return;
        }
        if (PendingUpdates.isFor(invoice)) {
            if (!Invoices.isOpen(invoice)) {
                settle(subscription, intent, false);
                pending.apply(subscription);
            }
        } else if (!Invoices.isOpen(invoice)) {
            paid(subscription, intent);
        } else if (!"subscription_create".equals(JsonNodes.text(invoice, "billing_reason"))) {
            behind(subscription, invoice);
        }
    }

    private void paid(ObjectNode subscription, ObjectNode intent) {
        settle(subscription, intent, true);
        delinquent(subscription, false);
    }

    /** What paid becomes the default of the subscription if that was wanted. */
    private void settle(ObjectNode subscription, ObjectNode intent, boolean activates) {
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

    private void behind(ObjectNode subscription, ObjectNode invoice) {
        var tries = (int) JsonNodes.number(invoice, "attempt_count");
        if (tries > RETRIES.size()) {
            end(subscription, "canceled", "payment_failed");
            return;
        }
        var next = time.of(subscription)
                + Duration.ofDays(RETRIES.get(Math.max(0, tries - 1))).toSeconds();
        events.changed(invoice, "invoice.updated", changed -> changed.put("next_payment_attempt", next));
        events.changed(subscription, "customer.subscription.updated", changed -> changed.put("status", "past_due"));
        delinquent(subscription, true);
    }

    private void delinquent(ObjectNode subscription, boolean delinquent) {
        events.changed(
                store.get("customer", JsonNodes.textOf(subscription, "customer")),
                "customer.updated",
                changed -> changed.put("delinquent", delinquent));
    }

    private long retryAt(ObjectNode subscription) {
        var invoice = "past_due".equals(JsonNodes.text(subscription, "status")) ? latestInvoice(subscription) : null;
        return invoice == null || !Invoices.isOpen(invoice) || JsonNodes.isNull(invoice, "next_payment_attempt")
                ? Long.MAX_VALUE
                : JsonNodes.number(invoice, "next_payment_attempt");
    }

    private static long cancelAt(ObjectNode subscription) {
        return JsonNodes.isNull(subscription, "cancel_at")
                ? Long.MAX_VALUE
                : JsonNodes.number(subscription, "cancel_at");
    }

    private @Nullable ObjectNode latestInvoice(ObjectNode subscription) {
        return store.find(Invoices.KIND, JsonNodes.text(subscription, "latest_invoice"));
    }
}
