package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.Confirmation;
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
    /** How long before a renewal its invoice is announced, a setting of the account at Stripe. */
    private static final long ANNOUNCED = Duration.ofDays(7).toSeconds();

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final SubscriptionItems items;
    private final InvoiceItemResource waiting;
    private final InvoiceDrafts drafts;
    private final Invoices invoices;
    private final UpcomingInvoices upcoming;
    private final PendingUpdates pending;
    private final Dunning dunning;

    public SubscriptionLifecycle(
            Store store,
            EventLog events,
            ObjectClock time,
            SubscriptionItems items,
            InvoiceItemResource waiting,
            InvoiceDrafts drafts,
            Invoices invoices,
            UpcomingInvoices upcoming,
            PendingUpdates pending,
            Dunning dunning) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.items = items;
        this.waiting = waiting;
        this.drafts = drafts;
        this.invoices = invoices;
        this.upcoming = upcoming;
        this.pending = pending;
        this.dunning = dunning;
        invoices.onOutcome(this::paymentTried);
    }

    static boolean hasEnded(ObjectNode subscription) {
        return ENDED.contains(JsonNodes.textOf(subscription, "status"));
    }

    /** The second of a subscription's next step without a request; {@link Long#MAX_VALUE} when there is none. */
    public long due(ObjectNode subscription) {
        var status = JsonNodes.textOf(subscription, "status");
        if (status.equals("incomplete")) {
            return JsonNodes.number(subscription, "created") + FIRST_PAYMENT_WITHIN;
        }
        if (hasEnded(subscription) || status.equals("paused")) {
            return Long.MAX_VALUE;
        }
        var first = Math.min(cancelAt(subscription), SubscriptionItems.periodEnd(subscription));
        first = Math.min(first, dunning.retryAt(subscription));
        first = Math.min(first, pending.expiresAt(subscription));
        return Math.min(first, Math.min(warnAt(subscription), announceAt(subscription)));
    }

    /** Executes the step that is due. */
    public void act(ObjectNode subscription) {
        var now = due(subscription);
        if ("incomplete".equals(JsonNodes.text(subscription, "status"))) {
            expire(subscription);
        } else if (pending.expiresAt(subscription) <= now) {
            pending.discard(subscription);
        } else if (warnAt(subscription) <= now) {
            warn(subscription);
        } else if (announceAt(subscription) <= now) {
            subscription.put("_announced", SubscriptionItems.periodEnd(subscription));
            store.save(subscription);
            events.emit("invoice.upcoming", upcoming.announced(subscription), null);
        } else if (cancelAt(subscription) <= now) {
            end(subscription, "canceled", "cancellation_requested");
        } else if (dunning.retryAt(subscription) <= now) {
            retry(subscription);
        } else if ("trialing".equals(JsonNodes.text(subscription, "status"))) {
            endTrial(subscription);
        } else {
            renew(subscription);
        }
    }

    /** Warns of the end of a new trial that is as short as the warning's time. */
    void begun(ObjectNode subscription) {
        if (warnAt(subscription) <= time.of(subscription)) {
            warn(subscription);
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
        var invoice = dunning.latest(subscription);
        if (invoice != null && Invoices.isOpen(invoice)) {
            if (status.equals("incomplete_expired")) {
                invoices.giveUp(invoice);
            } else {
                events.changed(invoice, "invoice.updated", changed -> changed.put("auto_advance", false)
                        .putNull("next_payment_attempt"));
            }
        }
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
        var invoice = drafts.draft(subscription, reason, lines);
        events.changed(
                subscription,
                "customer.subscription.updated",
                changed -> changed.put("latest_invoice", JsonNodes.id(invoice)));
        invoices.issue(invoice, description);
        if (Invoices.isOpen(invoice) && (how == null || dunning.collect(subscription, invoice, how))) {
            behind(subscription, invoice);
        }
    }

    private void warn(ObjectNode subscription) {
        subscription.put("_trial_warned", true);
        store.save(subscription);
        events.emit("customer.subscription.trial_will_end", subscription, null);
    }

    private void expire(ObjectNode subscription) {
        var now = time.of(subscription);
        events.changed(
                subscription, "customer.subscription.updated", changed -> changed.put("status", "incomplete_expired")
                        .put("ended_at", now));
        var invoice = dunning.latest(subscription);
        if (invoice != null && Invoices.isOpen(invoice)) {
            invoices.giveUp(invoice);
        }
    }

    private void endTrial(ObjectNode subscription) {
        var behavior =
                JsonNodes.text(subscription.path("trial_settings").path("end_behavior"), "missing_payment_method");
        var unpaid = dunning.method(subscription) == null;
        if (unpaid && "cancel".equals(behavior)) {
            end(subscription, "canceled", "payment_failed");
        } else if (unpaid && "pause".equals(behavior)) {
            events.changed(subscription, "customer.subscription.updated", changed -> changed.put("status", "paused"));
            events.emit("customer.subscription.paused", subscription, null);
        } else {
            renew(subscription);
        }
    }

    private void renew(ObjectNode subscription) {
        events.changed(subscription, "customer.subscription.updated", PlanChanges::renew);
        var lines = new ArrayList<>(waiting.lines(subscription));
        lines.addAll(items.lines(subscription, false));
        invoice(subscription, "subscription_cycle", "Subscription update", lines, Confirmation.OF_INVOICE);
    }

    private void retry(ObjectNode subscription) {
        var invoice = dunning.latest(subscription);
        if (invoice != null && dunning.collect(subscription, invoice, Confirmation.OF_INVOICE)) {
            behind(subscription, invoice);
        }
    }

    /** The payment of an invoice succeeded or failed, or is being processed. */
    private void paymentTried(ObjectNode invoice, ObjectNode intent) {
        var subscription = store.find(KIND, InvoiceResource.subscription(invoice));
        if (subscription == null || hasEnded(subscription)) {
            return;
        }
        var incomplete = "incomplete".equals(JsonNodes.text(subscription, "status"));
        if (PendingUpdates.isFor(invoice)) {
            if (!Invoices.isOpen(invoice)) {
                dunning.settled(subscription, intent, false);
                pending.apply(subscription, invoice);
            }
        } else if (!Invoices.isOpen(invoice)) {
            dunning.paid(subscription, intent);
        } else if ("processing".equals(JsonNodes.text(intent, "status"))) {
            // a debit takes days: the customer is served meanwhile
            dunning.settled(subscription, intent, incomplete);
        } else if (!incomplete) {
            behind(subscription, invoice);
        }
    }

    private void behind(ObjectNode subscription, ObjectNode invoice) {
        if (!dunning.behind(subscription, invoice)) {
            end(subscription, "canceled", "payment_failed");
        }
    }

    private static long cancelAt(ObjectNode subscription) {
        return JsonNodes.isNull(subscription, "cancel_at")
                ? Long.MAX_VALUE
                : JsonNodes.number(subscription, "cancel_at");
    }

    private static long warnAt(ObjectNode subscription) {
        return "trialing".equals(JsonNodes.text(subscription, "status"))
                        && !JsonNodes.flag(subscription, "_trial_warned")
                ? Math.max(0, JsonNodes.number(subscription, "trial_end") - TRIAL_WARNING)
                : Long.MAX_VALUE;
    }

    private static long announceAt(ObjectNode subscription) {
        var end = SubscriptionItems.periodEnd(subscription);
        var start = SubscriptionItems.periodStart(subscription);
        var at = end - ANNOUNCED;
        return at > start
                        && JsonNodes.number(subscription, "_announced") != end
                        && UpcomingInvoices.renews(subscription)
                ? at
                : Long.MAX_VALUE;
    }
}
