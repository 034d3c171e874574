package io.growalert.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Setup intents: a card is made ready for later payments, with its holder's consent. */
final class SetupIntents {
    private static final String KIND = "setup_intent";
    private static final Set<String> OPEN =
            Set.of("requires_payment_method", "requires_confirmation", "requires_action");
    private static final String HOW = """
             payment_method payment_method_data[type] payment_method_data[card][token] payment_method_data[card][number]
            payment_method_data[card][exp_month] payment_method_data[card][exp_year] payment_method_data[card][cvc]
            payment_method_data[billing_details]* payment_method_data[allow_redisplay] payment_method_options* return_url
            use_stripe_sdk mandate_data*
            """;

    private final Store store;
    private final Events events;
    private final Time time;
    private final PaymentMethods methods;
    private final Customers customers;
    private final List<Consumer<ObjectNode>> successes = new ArrayList<>();

    SetupIntents(Store store, Events events, Time time, PaymentMethods methods, Customers customers) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.methods = methods;
        this.customers = customers;
    }

    void routes(Endpoints endpoints, Routes open) {
        endpoints.post(
                "/v1/setup_intents",
                PaymentIntents.known(HOW, "customer confirm usage metadata* description payment_method_types[]")
                        + " automatic_payment_methods[enabled] automatic_payment_methods[allow_redirects]",
                this::create);
        endpoints.list("/v1/setup_intents", KIND, "customer payment_method", call -> {
            var customer = call.params().text("customer");
            return intent -> customer == null || customer.equals(Json.text(intent, "customer"));
        });
        endpoints.client(
                "GET", "/v1/setup_intents/{id}", "client_secret", call -> PaymentIntents.seen(call, intent(call)));
        endpoints.post("/v1/setup_intents/{id}", "customer metadata* description payment_method", call -> {
            var intent = store.get(KIND, call.id());
            Fields.of(call.params(), intent).texts("customer", "description").metadata();
            if (call.params().has("payment_method")) {
                use(intent, methods.named(call.params().require("payment_method"), "payment_method"));
            }
            return store.save(intent);
        });
        endpoints.client("POST", "/v1/setup_intents/{id}/confirm", PaymentIntents.known(HOW, "client_secret"), call -> {
            var intent = intent(call);
            confirm(intent, call.params());
            return PaymentIntents.seen(call, intent);
        });
        endpoints.post("/v1/setup_intents/{id}/cancel", "cancellation_reason", this::cancel);
        open.open("POST", "/sandbox/setup_intents/{id}/authenticate", call -> {
            var intent = store.get(KIND, call.id());
            authenticate(intent, call.params().text("success", "true").equals("true"));
            return Answer.json(200, Json.shown(intent));
        });
    }

    /** Each time a card is ready, this is told. */
    void onSuccess(Consumer<ObjectNode> success) {
        successes.add(success);
    }

    /** An intent that a subscription waits for. */
    ObjectNode forSubscription(String customer, String subscription) {
        var intent = draft(customer);
        intent.put("_subscription", subscription);
        return events.created(intent, "setup_intent.created");
    }

    private ObjectNode draft(@Nullable String customer) {
        var intent = Templates.of(KIND, Ids.next("seti"), time.ofCustomer(customer));
        intent.put("client_secret", Ids.clientSecret(Json.id(intent)));
        intent.put("customer", customer);
        return intent;
    }

    private ObjectNode create(Call call) {
        var params = call.params();
        var customer = params.text("customer");
        if (customer != null) {
            customers.named(customer, "customer");
        }
        var intent = draft(customer);
        intent.put("usage", params.oneOf("usage", "off_session", "off_session", "on_session"));
        Fields.of(params, intent).texts("description").metadata();
        if (!params.has("payment_method_types")) {
            var automatic = intent.putObject("automatic_payment_methods");
            automatic.put(
                    "allow_redirects",
                    params.child("automatic_payment_methods").oneOf("allow_redirects", "always", "always", "never"));
            automatic.put("enabled", true);
        }
        var method = method(params);
        if (method != null) {
            use(intent, method);
        }
        events.created(intent, "setup_intent.created");
        if (params.flag("confirm")) {
            confirm(intent, Form.parse("", ""));
        }
        return intent;
    }

    private void confirm(ObjectNode intent, Params params) {
        if (!OPEN.contains(Json.textOf(intent, "status"))) {
            throw unexpected(
                    intent,
                    "You cannot confirm this SetupIntent because it has a status of %s."
                            .formatted(Json.textOf(intent, "status")));
        }
        var method = method(params);
        if (method == null) {
            var own = Json.text(intent, "payment_method");
            if (own == null) {
                throw unexpected(
                        intent,
                        "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.");
            }
            method = methods.named(own, "payment_method");
        }
        use(intent, method);
        var card = PaymentMethods.card(method);
        if (card.decline() != null && !card.saved()) {
            var error = card.decline().error().with("payment_method", method);
            fail(intent, error);
            throw error.with("setup_intent", intent);
        }
        if (card.authentication() == TestCard.Authentication.NEVER) {
            succeed(intent, method);
            return;
        }
        intent.put("status", "requires_action");
        intent.set("next_action", Payments.nextAction(intent, card, params.text("return_url")));
        store.save(intent);
        events.emit("setup_intent.requires_action", intent, null);
    }

    /** The card's holder agreed, or did not. */
    void authenticate(ObjectNode intent, boolean success) {
        if (!"requires_action".equals(Json.text(intent, "status"))) {
            throw unexpected(intent, "This SetupIntent waits for no authentication.");
        }
        var method = methods.named(Json.textOf(intent, "payment_method"), "payment_method");
        if (success) {
            succeed(intent, method);
            return;
        }
        fail(
                intent,
                ApiError.invalid(
                                "setup_intent_authentication_failure",
                                "We are unable to authenticate your payment method. Please choose a different payment method and try again.")
                        .with("payment_method", method));
    }

    private void succeed(ObjectNode intent, ObjectNode method) {
        var customer = store.find("customer", Json.text(intent, "customer"));
        if (customer != null) {
            methods.attach(method, customer);
        }
        methods.markSetUp(method);
        intent.put("status", "succeeded");
        intent.putNull("next_action").putNull("last_setup_error");
        store.save(intent);
        events.emit("setup_intent.succeeded", intent, null);
        successes.forEach(success -> success.accept(intent));
    }

    private void fail(ObjectNode intent, ApiError error) {
        intent.set("last_setup_error", error.error());
        intent.put("status", "requires_payment_method");
        intent.putNull("payment_method").putNull("next_action");
        store.save(intent);
        events.emit("setup_intent.setup_failed", intent, null);
    }

    private ObjectNode cancel(Call call) {
        var intent = store.get(KIND, call.id());
        if (!OPEN.contains(Json.textOf(intent, "status"))) {
            throw unexpected(
                    intent,
                    "You cannot cancel this SetupIntent because it has a status of %s."
                            .formatted(Json.textOf(intent, "status")));
        }
        cancel(intent, call.params().text("cancellation_reason"));
        return intent;
    }

    private void cancel(ObjectNode intent, @Nullable String reason) {
        intent.put("status", "canceled");
        intent.put("cancellation_reason", reason);
        intent.putNull("next_action");
        store.save(intent);
        events.emit("setup_intent.canceled", intent, null);
    }

    private static void use(ObjectNode intent, ObjectNode method) {
        Payments.checkOwner(intent, method);
        intent.put("payment_method", Json.id(method));
        if ("requires_payment_method".equals(Json.text(intent, "status"))) {
            intent.put("status", "requires_confirmation");
        }
    }

    private @Nullable ObjectNode method(Params params) {
        var data = params.child("payment_method_data");
        if (!data.isEmpty()) {
            return methods.create(data);
        }
        var id = params.text("payment_method");
        return id == null ? null : methods.named(id, "payment_method");
    }

    private ObjectNode intent(Call call) {
        var intent = store.find(KIND, call.id());
        if (intent == null) {
            throw ApiError.noSuch("setupintent", call.id(), "intent");
        }
        PaymentIntents.checkSecret(call, intent);
        return intent;
    }

    private static ApiError unexpected(ObjectNode intent, String message) {
        return ApiError.invalid("setup_intent_unexpected_state", message).with("setup_intent", intent);
    }
}
