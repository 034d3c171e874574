package io.growalert.sandbox.subscription;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import io.growalert.sandbox.payment.Confirmation;
import io.growalert.sandbox.payment.SetupIntentResource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Subscriptions as the API creates, changes and cancels them. What time does to them is in {@link SubscriptionLifecycle}. */
final class SubscriptionResource {
    private static final String KIND = SubscriptionLifecycle.KIND;
    private static final String KNOWN = """
             metadata* default_payment_method description payment_behavior off_session cancel_at_period_end cancel_at
            payment_settings[save_default_payment_method] payment_settings[payment_method_types][]
            payment_settings[payment_method_options]* trial_settings[end_behavior][missing_payment_method]
            collection_method
            """;

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final CustomerResource customers;
    private final SubscriptionItems items;
    private final PlanChanges changes;
    private final SubscriptionSettings settings;
    private final Discounts discounts;
    private final InvoiceDrafts drafts;
    private final Invoices invoices;
    private final SubscriptionLifecycle lives;
    private final Dunning dunning;
    private final SubscriptionUpdates updates;
    private final SetupIntentResource setups;

    SubscriptionResource(SubscriptionParts parts, SubscriptionUpdates updates, SetupIntentResource setups) {
        store = parts.store();
        events = parts.events();
        time = parts.time();
        customers = parts.customers();
        items = parts.items();
        changes = parts.changes();
        settings = parts.settings();
        discounts = parts.discounts();
        drafts = parts.drafts();
        invoices = parts.invoices();
        lives = parts.lives();
        dunning = parts.dunning();
        this.updates = updates;
        this.setups = setups;
        setups.onSuccess(this::setUp);
        customers.onDelete(customer ->
                of(customer).forEach(subscription -> lives.end(subscription, "canceled", "cancellation_requested")));
    }

    void routes(ResourceRoutes endpoints) {
        endpoints.post(
                "/v1/subscriptions",
                KNOWN
                        + SubscriptionItems.KNOWN
                        + Discounts.KNOWN
                        + " customer currency trial_period_days trial_end proration_behavior billing_mode[type]",
                this::create);
        endpoints.list("/v1/subscriptions", KIND, "customer status price test_clock", call -> {
            var customer = call.params().text("customer");
            var status = call.params().text("status", "");
            var price = call.params().text("price");
            return subscription -> (customer == null || customer.equals(JsonNodes.text(subscription, "customer")))
                    && withStatus(subscription, status)
                    && (price == null
                            || SubscriptionItems.of(subscription).stream()
                                    .anyMatch(item -> price.equals(JsonNodes.id(SubscriptionItems.price(item)))));
        });
        endpoints.search("/v1/subscriptions/search", KIND, "canceled_at created metadata status");
        endpoints.get("/v1/subscriptions/{id}", call -> store.get(KIND, call.id()));
        endpoints.post(
                "/v1/subscriptions/{id}",
                KNOWN
                        + SubscriptionItems.KNOWN
                        + PlanChanges.KNOWN
                        + Discounts.KNOWN
                        + " items[][id] items[][deleted] cancellation_details[comment] cancellation_details[feedback]",
                this::update);
        endpoints.delete(
                "/v1/subscriptions/{id}", "cancellation_details[comment] cancellation_details[feedback]", this::cancel);
        endpoints.delete("/v1/subscriptions/{id}/discount", "", call -> {
            var subscription = store.get(KIND, call.id());
            var wanted = subscription.deepCopy();
            var deleted = discounts.clear(wanted);
            events.changed(subscription, "customer.subscription.updated", changed -> changed.setAll(wanted));
            return deleted;
        });
    }

    private static boolean withStatus(ObjectNode subscription, String wanted) {
        var status = JsonNodes.textOf(subscription, "status");
        return switch (wanted) {
            case "" -> !status.equals("canceled");
            case "all" -> true;
            case "ended" -> SubscriptionLifecycle.ENDED.contains(status);
            default -> wanted.equals(status);
        };
    }

    private List<ObjectNode> of(ObjectNode customer) {
        return store.all(KIND).stream()
                .filter(subscription -> JsonNodes.id(customer).equals(JsonNodes.text(subscription, "customer"))
                        && !SubscriptionLifecycle.hasEnded(subscription))
                .toList();
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var customer = customers.named(params.require("customer"), "customer");
        var now = time.of(customer);
        var subscription = Templates.of(KIND, ObjectIds.next("sub"), now);
        subscription.put("customer", JsonNodes.id(customer)).put("start_date", now);
        subscription.set("test_clock", customer.path("test_clock"));
        if (params.children("items").isEmpty()) {
            throw ApiError.missingParam("items");
        }
        var trialEnd = SubscriptionSettings.trialEnd(params, now);
        changes.begin(subscription, params.children("items"), trialEnd);
        settings.apply(params, subscription);
        discounts.set(params, subscription, false);
        var trial = trialEnd > now;
        settings.applyCancellation(params, subscription);
        var behavior = SubscriptionSettings.behavior(
                params, "allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete");
        var lines = items.lines(subscription, trial);
        var free = JsonNodes.number(drafts.compose(subscription, "subscription_create", lines), "amount_due") == 0;
        var method = dunning.method(subscription);
        var how = Confirmation.inPage(params.flag("off_session"));
        if (!free && !behavior.equals("default_incomplete")) {
            if (method == null) {
                throw noMethod();
            }
            if (behavior.equals("error_if_incomplete")) {
                how.checkPays(method);
            }
        }
        discounts.set(params, subscription, true);
        subscription.put("status", trial ? "trialing" : free ? "active" : "incomplete");
        store.save(subscription);
        if (free && method == null) {
            var setup = setups.forSubscription(JsonNodes.id(customer), JsonNodes.id(subscription));
            subscription.put("pending_setup_intent", JsonNodes.id(setup));
        }
        var invoice = drafts.draft(subscription, "subscription_create", lines);
        subscription.put("latest_invoice", JsonNodes.id(invoice));
        events.created(subscription, "customer.subscription.created");
        invoices.issue(invoice, "Subscription creation");
        if (!free && method != null && !behavior.equals("default_incomplete")) {
            invoices.pay(invoice, method, how);
        }
        lives.begun(subscription);
        return subscription;
    }

    private ObjectNode update(ApiCall call) {
        var subscription = store.get(KIND, call.id());
        updates.update(subscription, call.params());
        return subscription;
    }

    private ObjectNode cancel(ApiCall call) {
        var subscription = store.get(KIND, call.id());
        if (SubscriptionLifecycle.hasEnded(subscription)) {
            throw ApiError.noSuch("subscription", call.id(), "id");
        }
        SubscriptionSettings.details(call.params(), subscription);
        var status = "incomplete".equals(JsonNodes.text(subscription, "status")) ? "incomplete_expired" : "canceled";
        lives.end(subscription, status, "cancellation_requested");
        return subscription;
    }

    /** A card is ready for what the subscription will cost. */
    private void setUp(ObjectNode setup) {
        var subscription = store.find(KIND, JsonNodes.text(setup, "_subscription"));
        if (subscription != null && !SubscriptionLifecycle.hasEnded(subscription)) {
            events.changed(subscription, "customer.subscription.updated", changed -> {
                changed.putNull("pending_setup_intent");
                changed.set("default_payment_method", setup.path("payment_method"));
            });
        }
    }

    static ApiError noMethod() {
        return ApiError.invalid(
                "resource_missing",
                "This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.");
    }
}
