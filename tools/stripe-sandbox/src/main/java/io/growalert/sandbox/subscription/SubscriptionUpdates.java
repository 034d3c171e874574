package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.Store;
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

    private final Store store;
    private final EventLog events;
    private final PlanChanges changes;
    private final SubscriptionSettings settings;
    private final PendingUpdates pending;
    private final SubscriptionLifecycle lives;
    private final Invoices invoices;

    SubscriptionUpdates(
            Store store,
            EventLog events,
            PlanChanges changes,
            SubscriptionSettings settings,
            PendingUpdates pending,
            SubscriptionLifecycle lives,
            Invoices invoices) {
        this.store = store;
        this.events = events;
        this.changes = changes;
        this.settings = settings;
        this.pending = pending;
        this.lives = lives;
        this.invoices = invoices;
    }

    void update(ObjectNode subscription, Params params) {
        if (SubscriptionLifecycle.hasEnded(subscription) && !ENDED.containsAll(params.names())) {
            throw ApiError.invalid("A canceled subscription can only update its cancellation_details and metadata.");
        }
        var behavior = SubscriptionSettings.behavior(
                params, "allow_incomplete", "default_incomplete", "error_if_incomplete", PENDING);
        if (behavior.equals(PENDING)) {
            checkPending(params);
        }
        var wanted = subscription.deepCopy();
        settings.apply(params, wanted);
        var change = changes.apply(wanted, params);
        settings.applyCancellation(params, wanted);
        if (params.names().stream().anyMatch(DISCARDING::contains)) {
            pending.discard(subscription);
            wanted.putNull("pending_update");
        }
        var how = Confirmation.inPage(params.flag("off_session"));
        if (!change.invoiced()) {
            become(subscription, wanted);
            defer(subscription, change.lines());
            return;
        }
        switch (behavior) {
            case PENDING -> pending.begin(subscription, wanted, change.lines(), lives.method(subscription), how);
            case "error_if_incomplete" -> {
                checkPays(wanted, change.lines(), how);
                become(subscription, wanted);
                lives.invoice(subscription, "subscription_update", "Subscription update", change.lines(), how);
            }
            case "default_incomplete" -> {
                become(subscription, wanted);
                lives.invoice(subscription, "subscription_update", "Subscription update", change.lines(), null);
            }
            default -> {
                become(subscription, wanted);
                lives.invoice(subscription, "subscription_update", "Subscription update", change.lines(), how);
            }
        }
    }

    private static void checkPending(Params params) {
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
        if (JsonNodes.number(invoices.compose(wanted, "subscription_update", lines), "amount_due") == 0) {
            return;
        }
        var method = lives.method(wanted);
        if (method == null) {
            throw SubscriptionResource.noMethod();
        }
        how.checkPays(method);
    }

    private void become(ObjectNode subscription, ObjectNode wanted) {
        events.changed(subscription, "customer.subscription.updated", changed -> changed.setAll(wanted));
    }

    /** The lines wait for the next invoice. */
    private void defer(ObjectNode subscription, List<ObjectNode> lines) {
        if (!lines.isEmpty()) {
            var waiting = subscription.withArrayProperty("_pending");
            lines.forEach(waiting::add);
            store.save(subscription);
        }
    }
}
