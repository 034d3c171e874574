package io.growalert.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Subscriptions as the API creates, changes and cancels them. What they do by themselves is in {@link Lives}. */
final class Subscriptions {
    private static final String KIND = Lives.KIND;
    private static final String KNOWN = """
             metadata* default_payment_method description payment_behavior off_session cancel_at_period_end cancel_at
            payment_settings[save_default_payment_method] payment_settings[payment_method_types][]
            payment_settings[payment_method_options]* trial_end trial_settings[end_behavior][missing_payment_method]
            proration_behavior collection_method
            """;

    private final Store store;
    private final Events events;
    private final Time time;
    private final Customers customers;
    private final Items items;
    private final Invoices invoices;
    private final Lives lives;
    private final SetupIntents setups;
    private final PaymentMethods methods;

    Subscriptions(
            Store store,
            Events events,
            Time time,
            Customers customers,
            Items items,
            Invoices invoices,
            Lives lives,
            SetupIntents setups,
            PaymentMethods methods) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.customers = customers;
        this.items = items;
        this.invoices = invoices;
        this.lives = lives;
        this.setups = setups;
        this.methods = methods;
        setups.onSuccess(this::setUp);
        customers.onDelete(customer ->
                of(customer).forEach(subscription -> lives.end(subscription, "canceled", "cancellation_requested")));
    }

    void routes(Endpoints endpoints) {
        endpoints.post(
                "/v1/subscriptions",
                KNOWN + Items.KNOWN + " customer currency trial_period_days billing_mode[type]",
                this::create);
        endpoints.list("/v1/subscriptions", KIND, "customer status price test_clock", call -> {
            var customer = call.params().text("customer");
            var status = call.params().text("status", "");
            var price = call.params().text("price");
            return subscription -> (customer == null || customer.equals(Json.text(subscription, "customer")))
                    && withStatus(subscription, status)
                    && (price == null
                            || Items.of(subscription).stream()
                                    .anyMatch(item -> price.equals(Json.id(Items.price(item)))));
        });
        endpoints.get("/v1/subscriptions/{id}", call -> store.get(KIND, call.id()));
        endpoints.post(
                "/v1/subscriptions/{id}",
                KNOWN
                        + Items.KNOWN
                        + " items[][id] items[][deleted] cancellation_details[comment] cancellation_details[feedback]",
                this::update);
        endpoints.delete(
                "/v1/subscriptions/{id}",
                "cancellation_details[comment] cancellation_details[feedback] invoice_now prorate",
                this::cancel);
    }

    private static boolean withStatus(ObjectNode subscription, String wanted) {
        var status = Json.textOf(subscription, "status");
        return switch (wanted) {
            case "" -> !status.equals("canceled");
            case "all" -> true;
            case "ended" -> Lives.ENDED.contains(status);
            default -> wanted.equals(status);
        };
    }

    private List<ObjectNode> of(ObjectNode customer) {
        return store.all(KIND).stream()
                .filter(subscription ->
                        Json.id(customer).equals(Json.text(subscription, "customer")) && !Lives.hasEnded(subscription))
                .toList();
    }

    private ObjectNode create(Call call) {
        var params = call.params();
        var customer = customers.named(params.require("customer"), "customer");
        var now = time.of(customer);
        var subscription = Templates.of(KIND, Ids.next("sub"), now);
        subscription.put("customer", Json.id(customer)).put("start_date", now);
        subscription.set("test_clock", customer.path("test_clock"));
        if (params.children("items").isEmpty()) {
            throw ApiError.missingParam("items");
        }
        items.apply(subscription, params.children("items"), now);
        set(params, subscription);
        var trialEnd = trialEnd(params, now);
        var trial = trialEnd > now;
        var anchor = trial ? trialEnd : now;
        subscription.put("billing_cycle_anchor", anchor);
        if (trial) {
            subscription.put("trial_start", now).put("trial_end", trialEnd);
            subscription.put(
                    "_trial_warned", trialEnd - now <= Duration.ofDays(3).toSeconds());
        }
        Items.period(
                subscription,
                now,
                trial
                        ? trialEnd
                        : Periods.end(Items.price(Items.of(subscription).getFirst()), anchor, now));
        cancellation(params, subscription);
        var behavior = behavior(
                params, "allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete");
        var free = trial || Items.total(Items.of(subscription)) + Json.number(customer, "balance") <= 0;
        var method = lives.method(subscription);
        var how = Payments.How.inPage(params.flag("off_session"));
        if (!free && !behavior.equals("default_incomplete")) {
            if (method == null) {
                throw noMethod();
            }
            if (behavior.equals("error_if_incomplete")) {
                checkPays(method, how);
            }
        }
        subscription.put("status", trial ? "trialing" : free ? "active" : "incomplete");
        store.save(subscription);
        if (free && method == null) {
            var setup = setups.forSubscription(Json.id(customer), Json.id(subscription));
            subscription.put("pending_setup_intent", Json.id(setup));
        }
        var invoice = invoices.draft(subscription, "subscription_create", items.lines(subscription, trial));
        subscription.put("latest_invoice", Json.id(invoice));
        events.created(subscription, "customer.subscription.created");
        invoices.issue(invoice, "Subscription creation");
        if (!free && method != null && !behavior.equals("default_incomplete")) {
            invoices.pay(invoice, method, how);
        }
        return subscription;
    }

    private ObjectNode update(Call call) {
        var subscription = store.get(KIND, call.id());
        var params = call.params();
        if (Lives.hasEnded(subscription)
                && params.names().stream().anyMatch(name -> !List.of("metadata", "cancellation_details", "expand")
                        .contains(name))) {
            throw ApiError.invalid("A canceled subscription can only update its cancellation_details and metadata.");
        }
        var proration =
                params.oneOf("proration_behavior", "create_prorations", "create_prorations", "always_invoice", "none");
        var lines = new ArrayList<ObjectNode>();
        var restart = new boolean[1];
        events.changed(subscription, "customer.subscription.updated", changed -> {
            set(params, changed);
            if (!params.children("items").isEmpty()) {
                restart[0] = change(changed, params.children("items"), !proration.equals("none"), lines);
            }
            if (params.has("trial_end") && "trialing".equals(Json.text(changed, "status"))) {
                var end = Math.max(trialEnd(params, time.of(changed)), time.of(changed));
                changed.put("trial_end", end).put("billing_cycle_anchor", end);
                Items.period(changed, Items.periodStart(changed), end);
            }
            cancellation(params, changed);
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

    /** Changes the plan: what is left of the period is given back at the old price and taken at the new one. */
    private boolean change(ObjectNode subscription, List<Params> changes, boolean prorate, List<ObjectNode> lines) {
        var now = time.of(subscription);
        var before = Items.of(subscription).stream().map(ObjectNode::deepCopy).toList();
        var start = Items.periodStart(subscription);
        var end = Items.periodEnd(subscription);
        items.apply(subscription, changes, now);
        var after = Items.of(subscription);
        Items.period(subscription, start, end);
        if (!"active".equals(Json.text(subscription, "status"))) {
            return false;
        }
        var recurring = Items.price(before.getFirst()).path("recurring");
        var restart = !recurring.equals(Items.price(after.getFirst()).path("recurring"));
        var left = (double) (end - now) / Math.max(1, end - start);
        if (prorate) {
            for (var item : before) {
                if (!after.contains(item)) {
                    lines.add(items.proration(item, -Math.round(Items.amount(item) * left), now, "Unused"));
                }
            }
            for (var item : after) {
                if (!before.contains(item) && !restart) {
                    lines.add(items.proration(item, Math.round(Items.amount(item) * left), now, "Remaining"));
                }
            }
        }
        if (restart) {
            subscription.put("billing_cycle_anchor", now);
            Items.period(subscription, now, Periods.end(Items.price(after.getFirst()), now, now));
        }
        return restart;
    }

    private ObjectNode cancel(Call call) {
        var subscription = store.get(KIND, call.id());
        if (Lives.hasEnded(subscription)) {
            throw ApiError.noSuch("subscription", call.id(), "id");
        }
        details(call.params(), subscription);
        var status = "incomplete".equals(Json.text(subscription, "status")) ? "incomplete_expired" : "canceled";
        lives.end(subscription, status, "cancellation_requested");
        return subscription;
    }

    private void set(Params params, ObjectNode subscription) {
        var method = params.text("default_payment_method");
        if (method != null) {
            var owned = methods.named(method, "default_payment_method");
            if (!Json.textOf(subscription, "customer").equals(Json.text(owned, "customer"))) {
                throw ApiError.invalid(
                                "resource_missing",
                                "The customer does not have a payment method with the ID %s. The payment method must be attached to the customer."
                                        .formatted(method))
                        .param("default_payment_method");
            }
        }
        params.oneOf("collection_method", "charge_automatically", "charge_automatically");
        Fields.of(params, subscription)
                .texts("default_payment_method", "description")
                .metadata();
        var settings = params.child("payment_settings");
        if (settings.has("save_default_payment_method")) {
            subscription
                    .withObjectProperty("payment_settings")
                    .put(
                            "save_default_payment_method",
                            settings.oneOf("save_default_payment_method", "off", "off", "on_subscription"));
        }
        if (settings.has("payment_method_types")) {
            var types = subscription.withObjectProperty("payment_settings").putArray("payment_method_types");
            settings.texts("payment_method_types").forEach(types::add);
        }
        var end = params.child("trial_settings").child("end_behavior");
        if (end.has("missing_payment_method")) {
            subscription
                    .withObjectProperty("trial_settings")
                    .withObjectProperty("end_behavior")
                    .put(
                            "missing_payment_method",
                            end.oneOf("missing_payment_method", "", "cancel", "create_invoice", "pause"));
        }
        details(params, subscription);
    }

    private void cancellation(Params params, ObjectNode subscription) {
        if (params.has("cancel_at_period_end") && params.has("cancel_at")) {
            throw ApiError.invalid("You may only specify one of these parameters: cancel_at, cancel_at_period_end.");
        }
        if (params.has("cancel_at_period_end")) {
            var atEnd = params.flag("cancel_at_period_end");
            subscription.put("cancel_at_period_end", atEnd);
            cancelAt(subscription, atEnd ? Items.periodEnd(subscription) : null);
        } else if (params.has("cancel_at")) {
            cancelAt(subscription, params.number("cancel_at"));
        }
    }

    private void cancelAt(ObjectNode subscription, @Nullable Long at) {
        subscription.put("cancel_at", at);
        subscription.put("canceled_at", at == null ? null : Long.valueOf(time.of(subscription)));
        subscription
                .withObjectProperty("cancellation_details")
                .put("reason", at == null ? null : "cancellation_requested");
    }

    private static void details(Params params, ObjectNode subscription) {
        Fields.of(params.child("cancellation_details"), subscription.withObjectProperty("cancellation_details"))
                .texts("comment", "feedback");
    }

    /** A card is ready for what the subscription will cost. */
    private void setUp(ObjectNode setup) {
        var subscription = store.find(KIND, Json.text(setup, "_subscription"));
        if (subscription != null && !Lives.hasEnded(subscription)) {
            events.changed(subscription, "customer.subscription.updated", changed -> {
                changed.putNull("pending_setup_intent");
                changed.set("default_payment_method", setup.path("payment_method"));
            });
        }
    }

    private static long trialEnd(Params params, long now) {
        if (params.has("trial_period_days")) {
            return now + Duration.ofDays(params.number("trial_period_days", 0)).toSeconds();
        }
        return "now".equals(params.text("trial_end")) ? now : params.number("trial_end", now);
    }

    private static String behavior(Params params, String... known) {
        return params.oneOf("payment_behavior", known[0], known);
    }

    private static void checkPays(ObjectNode method, Payments.How how) {
        var card = PaymentMethods.card(method);
        if (card.decline() != null) {
            throw card.decline().error();
        }
        if (Payments.mustAuthenticate(card, method, how)) {
            throw ApiError.card(
                    "subscription_payment_intent_requires_action",
                    null,
                    "Payment for this subscription requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`.");
        }
    }

    static ApiError noMethod() {
        return ApiError.invalid(
                "resource_missing",
                "This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.");
    }
}
