package io.growalert.sandbox.payment;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.FormParser;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Setup intents: a card is made ready for later payments, with its holder's consent. */
public final class SetupIntentResource {
    private static final String KIND = "setup_intent";
    private static final Set<String> OPEN =
            Set.of("requires_payment_method", "requires_confirmation", "requires_action");
    private static final String HOW = """
             payment_method payment_method_data[type] payment_method_data[card][token] payment_method_data[card][number]
            payment_method_data[card][exp_month] payment_method_data[card][exp_year] payment_method_data[card][cvc]
            payment_method_data[sepa_debit][iban]
            payment_method_data[billing_details]* payment_method_data[allow_redisplay] payment_method_options* return_url
            use_stripe_sdk mandate_data*
            """;

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final PaymentMethodResource methods;
    private final CustomerResource customers;
    private final BankDebits debits;
    private final List<Consumer<ObjectNode>> successes = new ArrayList<>();

    public SetupIntentResource(
            Store store,
            EventLog events,
            ObjectClock time,
            PaymentMethodResource methods,
            CustomerResource customers,
            BankDebits debits) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.methods = methods;
        this.customers = customers;
        this.debits = debits;
    }

    public void routes(ResourceRoutes endpoints, ApiRoutes open) {
        endpoints.post(
                "/v1/setup_intents",
                PaymentIntentResource.known(HOW, "customer confirm usage metadata* description payment_method_types[]")
                        + " automatic_payment_methods[enabled] automatic_payment_methods[allow_redirects]",
                this::create);
        endpoints.list("/v1/setup_intents", KIND, "customer payment_method", call -> {
            var customer = call.params().text("customer");
            return intent -> customer == null || customer.equals(JsonNodes.text(intent, "customer"));
        });
        endpoints.client(
                "GET",
                "/v1/setup_intents/{id}",
                "client_secret",
                call -> PaymentIntentResource.seen(call, intent(call)));
        endpoints.post("/v1/setup_intents/{id}", "customer metadata* description payment_method", call -> {
            var intent = store.get(KIND, call.id());
            ObjectFields.of(call.params(), intent)
                    .texts("customer", "description")
                    .metadata();
            if (call.params().has("payment_method")) {
                use(intent, methods.named(call.params().require("payment_method"), "payment_method"));
            }
            return store.save(intent);
        });
        endpoints.client(
                "POST", "/v1/setup_intents/{id}/confirm", PaymentIntentResource.known(HOW, "client_secret"), call -> {
                    var intent = intent(call);
                    confirm(intent, call.params());
                    return PaymentIntentResource.seen(call, intent);
                });
        endpoints.post("/v1/setup_intents/{id}/cancel", "cancellation_reason", this::cancel);
        open.open("POST", "/sandbox/setup_intents/{id}/authenticate", call -> {
            var intent = store.get(KIND, call.id());
            authenticate(intent, call.params().text("success", "true").equals("true"));
            return ApiResponse.json(200, JsonNodes.shown(intent));
        });
    }

    /** Registers a listener for cards that are ready. */
    public void onSuccess(Consumer<ObjectNode> success) {
        successes.add(success);
    }

    /** An intent that a subscription waits for. */
    public ObjectNode forSubscription(String customer, String subscription) {
        var intent = draft(customer);
        intent.put("_subscription", subscription);
        return events.created(intent, "setup_intent.created");
    }

    private ObjectNode draft(@Nullable String customer) {
        var intent = Templates.of(KIND, ObjectIds.next("seti"), time.ofCustomer(customer));
        intent.put("client_secret", ObjectIds.clientSecret(JsonNodes.id(intent)));
        intent.put("customer", customer);
        return intent;
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var customer = params.text("customer");
        if (customer != null) {
            customers.named(customer, "customer");
        }
        var intent = draft(customer);
        intent.put("usage", params.oneOf("usage", "off_session", "off_session", "on_session"));
        ObjectFields.of(params, intent).texts("description").metadata();
        if (params.has("payment_method_types")) {
            PaymentIntentResource.types(params, intent);
        } else {
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
            confirm(intent, FormParser.parse("", ""));
        }
        return intent;
    }

    private void confirm(ObjectNode intent, Params params) {
        if (!OPEN.contains(JsonNodes.textOf(intent, "status"))) {
            throw unexpected(
                    intent,
                    "You cannot confirm this SetupIntent because it has a status of %s."
                            .formatted(JsonNodes.textOf(intent, "status")));
        }
        var method = method(params);
        if (method == null) {
            var own = JsonNodes.text(intent, "payment_method");
            if (own == null) {
                throw unexpected(
                        intent,
                        "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.");
            }
            method = methods.named(own, "payment_method");
        }
        use(intent, method);
        var card = PaymentMethodResource.card(method);
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
        intent.set("next_action", Confirmation.nextAction(intent, card, params.text("return_url")));
        store.save(intent);
        events.emit("setup_intent.requires_action", intent, null);
    }

    /** The card's holder authenticated the payment, or did not. */
    void authenticate(ObjectNode intent, boolean success) {
        if (!"requires_action".equals(JsonNodes.text(intent, "status"))) {
            throw unexpected(intent, "This SetupIntent waits for no authentication.");
        }
        var method = methods.named(JsonNodes.textOf(intent, "payment_method"), "payment_method");
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
        var customer = store.find("customer", JsonNodes.text(intent, "customer"));
        if (customer != null) {
            methods.attach(method, customer);
        }
        methods.markSetUp(method);
        if (BankDebits.isDebit(method)) {
            intent.put("mandate", debits.mandate(method));
        }
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

    private ObjectNode cancel(ApiCall call) {
        var intent = store.get(KIND, call.id());
        if (!OPEN.contains(JsonNodes.textOf(intent, "status"))) {
            throw unexpected(
                    intent,
                    "You cannot cancel this SetupIntent because it has a status of %s."
                            .formatted(JsonNodes.textOf(intent, "status")));
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
        PaymentChecks.checkOwner(intent, method);
        intent.put("payment_method", JsonNodes.id(method));
        if ("requires_payment_method".equals(JsonNodes.text(intent, "status"))) {
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

    private ObjectNode intent(ApiCall call) {
        var intent = store.find(KIND, call.id());
        if (intent == null) {
            throw ApiError.noSuch("setupintent", call.id(), "intent");
        }
        PaymentIntentResource.checkSecret(call, intent);
        return intent;
    }

    private static ApiError unexpected(ObjectNode intent, String message) {
        return ApiError.invalid("setup_intent_unexpected_state", message).with("setup_intent", intent);
    }
}
