package io.growalert.sandbox.subscription;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import io.growalert.sandbox.payment.Confirmation;
import io.growalert.sandbox.payment.PaymentMethodResource;
import io.growalert.sandbox.payment.SetupIntentResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Subscriptions as the API creates, changes and cancels them. What time does to them is in {@link SubscriptionLifecycle}. */
public final class SubscriptionResource {
    private static final String KIND = SubscriptionLifecycle.KIND;
    private static final String KNOWN = """
             metadata* default_payment_method description payment_behavior off_session cancel_at_period_end cancel_at
            payment_settings[save_default_payment_method] payment_settings[payment_method_types][]
            payment_settings[payment_method_options]* trial_end trial_settings[end_behavior][missing_payment_method]
            proration_behavior collection_method
            """;

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final CustomerResource customers;
    private final SubscriptionItems items;
    private final Invoices invoices;
    private final SubscriptionLifecycle lives;
    private final SetupIntentResource setups;
    private final SubscriptionSettings settings;

    public SubscriptionResource(
            Store store,
            EventLog events,
            ObjectClock time,
            CustomerResource customers,
            SubscriptionItems items,
            Invoices invoices,
            SubscriptionLifecycle lives,
            SetupIntentResource setups,
            PaymentMethodResource methods) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.customers = customers;
        this.items = items;
        this.invoices = invoices;
        this.lives = lives;
        this.setups = setups;
        settings = new SubscriptionSettings(time, methods);
        setups.onSuccess(this::setUp);
        customers.onDelete(customer ->
                of(customer).forEach(subscription -> lives.end(subscription, "canceled", "cancellation_requested")));
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.post(
                "/v1/subscriptions",
                KNOWN + SubscriptionItems.KNOWN + " customer currency trial_period_days billing_mode[type]",
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
        endpoints.get("/v1/subscriptions/{id}", call -> store.get(KIND, call.id()));
        endpoints.post(
                "/v1/subscriptions/{id}",
                KNOWN
                        + SubscriptionItems.KNOWN
                        + " items[][id] items[][deleted] cancellation_details[comment] cancellation_details[feedback]",
                this::update);
        endpoints.delete(
                "/v1/subscriptions/{id}",
                "cancellation_details[comment] cancellation_details[feedback] invoice_now prorate",
                this::cancel);
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
        items.apply(subscription, params.children("items"), now);
        settings.apply(params, subscription);
        var trialEnd = SubscriptionSettings.trialEnd(params, now);
        var trial = trialEnd > now;
        var anchor = trial ? trialEnd : now;
        subscription.put("billing_cycle_anchor", anchor);
        if (trial) {
            subscription.put("trial_start", now).put("trial_end", trialEnd);
            subscription.put(
                    "_trial_warned", trialEnd - now <= Duration.ofDays(3).toSeconds());
        }
        SubscriptionItems.period(
                subscription,
                now,
                trial
                        ? trialEnd
                        : BillingPeriods.end(
                                SubscriptionItems.price(
                                        SubscriptionItems.of(subscription).getFirst()),
                                anchor,
                                now));
        settings.applyCancellation(params, subscription);
        var behavior = SubscriptionSettings.behavior(
                params, "allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete");
        var free = trial
                || SubscriptionItems.total(SubscriptionItems.of(subscription)) + JsonNodes.number(customer, "balance")
                        <= 0;
        var method = lives.method(subscription);
        var how = Confirmation.inPage(params.flag("off_session"));
        if (!free && !behavior.equals("default_incomplete")) {
            if (method == null) {
                throw noMethod();
            }
            if (behavior.equals("error_if_incomplete")) {
                how.checkPays(method);
            }
        }
        subscription.put("status", trial ? "trialing" : free ? "active" : "incomplete");
        store.save(subscription);
        if (free && method == null) {
            var setup = setups.forSubscription(JsonNodes.id(customer), JsonNodes.id(subscription));
            subscription.put("pending_setup_intent", JsonNodes.id(setup));
        }
        var invoice = invoices.draft(subscription, "subscription_create", items.lines(subscription, trial));
        subscription.put("latest_invoice", JsonNodes.id(invoice));
        events.created(subscription, "customer.subscription.created");
        invoices.issue(invoice, "Subscription creation");
        if (!free && method != null && !behavior.equals("default_incomplete")) {
            invoices.pay(invoice, method, how);
        }
        return subscription;
    }

    private ObjectNode update(ApiCall call) {
        var subscription = store.get(KIND, call.id());
        var params = call.params();
        if (SubscriptionLifecycle.hasEnded(subscription)
                && params.names().stream().anyMatch(name -> !List.of("metadata", "cancellation_details", "expand")
                        .contains(name))) {
            throw ApiError.invalid("A canceled subscription can only update its cancellation_details and metadata.");
        }
        var proration =
                params.oneOf("proration_behavior", "create_prorations", "create_prorations", "always_invoice", "none");
        var lines = new ArrayList<ObjectNode>();
        var restart = new boolean[1];
        events.changed(subscription, "customer.subscription.updated", changed -> {
            settings.apply(params, changed);
            if (!params.children("items").isEmpty()) {
                restart[0] = change(changed, params.children("items"), !proration.equals("none"), lines);
            }
            if (params.has("trial_end") && "trialing".equals(JsonNodes.text(changed, "status"))) {
                var end = Math.max(SubscriptionSettings.trialEnd(params, time.of(changed)), time.of(changed));
                changed.put("trial_end", end).put("billing_cycle_anchor", end);
                SubscriptionItems.period(changed, SubscriptionItems.periodStart(changed), end);
            }
            settings.applyCancellation(params, changed);
        });
        if (restart[0]) {
            lines.addAll(items.lines(subscription, false));
            lives.invoice(subscription, "subscription_update", "Subscription update", lines);
        } else if (proration.equals("always_invoice") && !lines.isEmpty()) {
            lives.invoice(subscription, "subscription_update", "Subscription update", lines);
        } else if (!lines.isEmpty()) {
            var pending = subscription.withArrayProperty("_pending");
            lines.forEach(pending::add);
            store.save(subscription);
        }
        return subscription;
    }

    /** Changes the plan: the rest of the period is credited at the old price and charged at the new one. */
    private boolean change(ObjectNode subscription, List<Params> changes, boolean prorate, List<ObjectNode> lines) {
        var now = time.of(subscription);
        var before = SubscriptionItems.of(subscription).stream()
                .map(ObjectNode::deepCopy)
                .toList();
        var start = SubscriptionItems.periodStart(subscription);
        var end = SubscriptionItems.periodEnd(subscription);
        items.apply(subscription, changes, now);
        var after = SubscriptionItems.of(subscription);
        SubscriptionItems.period(subscription, start, end);
        if (!"active".equals(JsonNodes.text(subscription, "status"))) {
            return false;
        }
        var recurring = SubscriptionItems.price(before.getFirst()).path("recurring");
        var restart =
                !recurring.equals(SubscriptionItems.price(after.getFirst()).path("recurring"));
        var left = (double) (end - now) / Math.max(1, end - start);
        if (prorate) {
            for (var item : before) {
                if (!after.contains(item)) {
                    lines.add(items.proration(item, -Math.round(SubscriptionItems.amount(item) * left), now, "Unused"));
                }
            }
            for (var item : after) {
                if (!before.contains(item) && !restart) {
                    lines.add(
                            items.proration(item, Math.round(SubscriptionItems.amount(item) * left), now, "Remaining"));
                }
            }
        }
        if (restart) {
            subscription.put("billing_cycle_anchor", now);
            SubscriptionItems.period(
                    subscription, now, BillingPeriods.end(SubscriptionItems.price(after.getFirst()), now, now));
        }
        return restart;
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
