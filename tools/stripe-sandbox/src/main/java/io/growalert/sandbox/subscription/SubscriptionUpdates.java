package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.payment.BankDebits;
import io.growalert.sandbox.payment.Confirmation;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Updates of a subscription: what changes at once, what is invoiced, and what waits until it is paid. */
final class SubscriptionUpdates {
    private static final String PENDING = "pending_if_incomplete";
    private static final Set<String> ENDED = Set.of("metadata", "cancellation_details", "expand");
    /** What Stripe supports in a pending update, as far as the sandbox does. */
    private static final Set<String> OF_PENDING = Set.of(
            "items",
            "payment_behavior",
            "proration_behavior",
            "proration_date",
            "billing_cycle_anchor",
            "metadata",
            "expand");

    private static final Set<String> DISCARDING = Set.of("items", "billing_cycle_anchor", "trial_end");

    private final EventLog events;
    private final PlanChanges changes;
    private final SubscriptionSettings settings;
    private final Discounts discounts;
    private final PendingUpdates pending;
    private final SubscriptionLifecycle lives;
    private final Dunning dunning;
    private final InvoiceDrafts drafts;
    private final InvoiceItemResource waiting;

    SubscriptionUpdates(SubscriptionParts parts) {
        events = parts.events();
        changes = parts.changes();
        settings = parts.settings();
        discounts = parts.discounts();
        pending = parts.pending();
        lives = parts.lives();
        dunning = parts.dunning();
        drafts = parts.drafts();
        waiting = parts.waiting();
    }

    void update(ObjectNode subscription, Params params) {
        if (SubscriptionLifecycle.hasEnded(subscription) && !ENDED.containsAll(params.names())) {
            throw ApiError.invalid("A canceled subscription can only update its cancellation_details and metadata.");
        }
        var behavior = SubscriptionSettings.behavior(
                params, "allow_incomplete", "default_incomplete", "error_if_incomplete", PENDING);
        if (behavior.equals(PENDING)) {
            checkPending(subscription, params);
        }
        var wanted = subscription.deepCopy();
        settings.apply(params, wanted);
        discounts.set(params, wanted, false);
        var change = changes.apply(wanted, params);
        settings.applyCancellation(params, wanted);
        if (params.names().stream().anyMatch(DISCARDING::contains)) {
            if (pending.isProcessing(subscription)) {
                throw ApiError.invalid("The payment of this subscription's pending update is being processed.");
            }
            pending.discard(subscription);
            wanted.putNull("pending_update");
        }
        var how = Confirmation.inPage(params.flag("off_session"));
        if (!change.invoiced()) {
            become(subscription, wanted, params);
            waiting.defer(subscription, change.lines());
            return;
        }
        if (behavior.equals(PENDING)) {
            pending.begin(subscription, wanted, change.lines(), dunning.method(subscription), how);
            return;
        }
        if (behavior.equals("error_if_incomplete")) {
            checkPays(wanted, change.lines(), how);
        }
        become(subscription, wanted, params);
        lives.invoice(
                subscription,
                "subscription_update",
                "Subscription update",
                change.lines(),
                behavior.equals("default_incomplete") ? null : how);
    }

    private void checkPending(ObjectNode subscription, Params params) {
        var method = dunning.method(subscription);
        if (method != null && BankDebits.isDebit(method)) {
            throw ApiError.invalid("Pending updates are not supported for payments by bank debit.")
                    .param("payment_behavior");
        }
        for (var name : params.names()) {
            if (!OF_PENDING.contains(name)) {
                throw ApiError.invalid(
                                "When `payment_behavior` is set to `pending_if_incomplete`, you can only pass params supported by pending updates, and `%s` is not."
                                        .formatted(name))
                        .param(name);
            }
        }
    }

    private void checkPays(ObjectNode wanted, List<ObjectNode> lines, Confirmation how) {
        if (JsonNodes.number(drafts.compose(wanted, "subscription_update", lines), "amount_due") == 0) {
            return;
        }
        var method = dunning.method(wanted);
        if (method == null) {
            throw SubscriptionResource.noMethod();
        }
        how.checkPays(method);
    }

    private void become(ObjectNode subscription, ObjectNode wanted, Params params) {
        discounts.set(params, wanted, true);
        events.changed(subscription, "customer.subscription.updated", changed -> changed.setAll(wanted));
    }
}
