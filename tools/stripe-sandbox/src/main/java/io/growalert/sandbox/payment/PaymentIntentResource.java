package io.growalert.sandbox.payment;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Payment intents as the API shows them. What happens to the money is in {@link Payments}. */
public final class PaymentIntentResource {
    private static final String KIND = Payments.KIND;
    private static final String HOW = """
             payment_method payment_method_data[type] payment_method_data[card][token] payment_method_data[card][number]
            payment_method_data[card][exp_month] payment_method_data[card][exp_year] payment_method_data[card][cvc]
            payment_method_data[sepa_debit][iban]
            payment_method_data[billing_details]* payment_method_data[metadata]* payment_method_data[allow_redisplay]
            payment_method_options* return_url off_session setup_future_usage receipt_email use_stripe_sdk
            error_on_requires_action mandate_data* shipping* confirmation_token
            """;
    private static final String WHAT = """
             amount currency customer payment_method_types[] metadata* description receipt_email capture_method
            statement_descriptor statement_descriptor_suffix setup_future_usage payment_method shipping*
            payment_method_options*
            """;

    private final Store store;
    private final EventLog events;
    private final Payments payments;
    private final PaymentMethodResource methods;
    private final CustomerResource customers;

    public PaymentIntentResource(
            Store store,
            EventLog events,
            Payments payments,
            PaymentMethodResource methods,
            CustomerResource customers) {
        this.store = store;
        this.events = events;
        this.payments = payments;
        this.methods = methods;
        this.customers = customers;
    }

    public void routes(ResourceRoutes endpoints, ApiRoutes open) {
        endpoints.post(
                "/v1/payment_intents",
                known(HOW, WHAT)
                        + " confirm confirmation_method automatic_payment_methods[enabled] automatic_payment_methods[allow_redirects]",
                this::create);
        endpoints.list("/v1/payment_intents", KIND, "customer", call -> {
            var customer = call.params().text("customer");
            return intent -> customer == null || customer.equals(JsonNodes.text(intent, "customer"));
        });
        endpoints.search("/v1/payment_intents/search", KIND, "amount created currency customer metadata status");
        endpoints.client("GET", "/v1/payment_intents/{id}", "client_secret", call -> seen(call, intent(call)));
        endpoints.post("/v1/payment_intents/{id}", known(WHAT), this::update);
        endpoints.client("POST", "/v1/payment_intents/{id}/confirm", known(HOW) + " client_secret", this::confirm);
        endpoints.post("/v1/payment_intents/{id}/cancel", "cancellation_reason", call -> {
            var intent = store.get(KIND, call.id());
            payments.cancel(intent, call.params().text("cancellation_reason"));
            return intent;
        });
        open.open("POST", "/sandbox/payment_intents/{id}/authenticate", call -> {
            var intent = store.get(KIND, call.id());
            payments.authenticate(intent, call.params().text("success", "true").equals("true"));
            return ApiResponse.json(200, JsonNodes.shown(intent));
        });
        open.open("POST", "/sandbox/payment_intents/{id}/settle", call -> {
            var intent = store.get(KIND, call.id());
            payments.settle(intent, call.params().text("success", "true").equals("true"));
            return ApiResponse.json(200, JsonNodes.shown(intent));
        });
    }

    /** Names of several lists as one, each once. */
    static String known(String... lists) {
        return String.join(
                " ", new TreeSet<>(List.of(String.join(" ", lists).strip().split("\\s+", -1))));
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var money = ChargeResource.money(params);
        var customer = params.text("customer");
        if (customer != null) {
            customers.named(customer, "customer");
        }
        var intent = payments.draft(money, customer);
        set(params, intent);
        if (params.has("payment_method_types")) {
            types(params, intent);
        } else {
            var automatic = intent.putObject("automatic_payment_methods");
            var asked = params.child("automatic_payment_methods");
            automatic.put("allow_redirects", asked.oneOf("allow_redirects", "always", "always", "never"));
            automatic.put("enabled", true);
        }
        var method = method(params, intent);
        if (method != null) {
            PaymentChecks.checkOwner(intent, method);
            intent.put("payment_method", JsonNodes.id(method));
            intent.put("status", "requires_confirmation");
        }
        if (!params.flag("confirm")) {
            return events.created(intent, "payment_intent.created");
        }
        checkReturn(call, intent);
        if (method == null) {
            throw PaymentChecks.noMethod(intent);
        }
        events.created(intent, "payment_intent.created");
        var failed = payments.confirm(intent, method, how(params, true));
        if (failed != null) {
            throw failed;
        }
        return intent;
    }

    /** The types of payment methods that a request names, as an intent shows them. */
    static void types(Params params, ObjectNode intent) {
        var types = intent.putArray("payment_method_types");
        for (var type : params.texts("payment_method_types")) {
            if (!type.equals("card") && !type.equals(BankDebits.TYPE)) {
                throw ApiError.invalid(
                                "The sandbox knows payment methods of the types card and sepa_debit, not " + type)
                        .param("payment_method_types");
            }
            types.add(type);
        }
    }

    private ObjectNode update(ApiCall call) {
        var intent = store.get(KIND, call.id());
        var params = call.params();
        var open = Payments.isOpen(intent);
        for (var fixed : new String[] {"amount", "currency", "customer", "payment_method", "setup_future_usage"}) {
            if (!open && params.has(fixed)) {
                throw PaymentChecks.unexpected(
                        intent,
                        "This PaymentIntent's %s could not be updated because it has a status of %s. You may only update the %s of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, requires_action."
                                .formatted(fixed, JsonNodes.textOf(intent, "status"), fixed));
            }
        }
        set(params, intent);
        if (params.has("amount")) {
            intent.put("amount", params.number("amount", 0));
        }
        ObjectFields.of(params, intent).texts("currency", "customer");
        var method = method(params, intent);
        if (method != null) {
            PaymentChecks.checkOwner(intent, method);
            intent.put("payment_method", JsonNodes.id(method));
            intent.put("status", "requires_confirmation");
            intent.putNull("next_action");
        }
        return store.save(intent);
    }

    private ObjectNode confirm(ApiCall call) {
        var intent = intent(call);
        var params = call.params();
        PaymentChecks.checkConfirmable(intent);
        checkReturn(call, intent);
        var method = method(params, intent);
        if (method == null) {
            var own = JsonNodes.text(intent, "payment_method");
            if (own == null) {
                throw PaymentChecks.noMethod(intent);
            }
            method = methods.named(own, "payment_method");
        }
        PaymentChecks.checkOwner(intent, method);
        ObjectFields.of(params, intent).texts("receipt_email").objects("shipping");
        if (params.has("setup_future_usage")) {
            setUsage(params, intent);
        }
        var failed = payments.confirm(intent, method, how(params, !call.publishable()));
        if (failed != null) {
            throw failed;
        }
        return seen(call, intent);
    }

    /** Methods of the dashboard may redirect away from the page, so Stripe requires a return URL. */
    private static void checkReturn(ApiCall call, ObjectNode intent) {
        var automatic = intent.path("automatic_payment_methods");
        if (!call.publishable()
                && JsonNodes.flag(automatic, "enabled")
                && !"never".equals(JsonNodes.text(automatic, "allow_redirects"))
                && !call.params().has("return_url")
                && !call.params().has("confirmation_token")) {
            throw ApiError.invalid(
                            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.")
                    .with("payment_intent", intent);
        }
    }

    private static Confirmation how(Params params, boolean server) {
        var sdk = !server || params.flag("use_stripe_sdk") || !params.has("return_url");
        var offSession = params.has("off_session")
                && !params.text("off_session", "false").equals("false");
        return new Confirmation(
                offSession, params.flag("error_on_requires_action") || offSession, sdk, params.text("return_url"));
    }

    private @Nullable ObjectNode method(Params params, ObjectNode intent) {
        var confirmation = params.text("confirmation_token");
        if (confirmation != null) {
            return ConfirmationTokenResource.use(store, confirmation, intent);
        }
        var data = params.child("payment_method_data");
        if (!data.isEmpty()) {
            return methods.create(data);
        }
        var id = params.text("payment_method");
        return id == null ? null : methods.named(id, "payment_method");
    }

    private static void set(Params params, ObjectNode intent) {
        ObjectFields.of(params, intent)
                .texts("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix")
                .objects("shipping")
                .metadata();
        var capture = params.oneOf("capture_method", "automatic_async", "automatic", "automatic_async", "manual");
        if (capture.equals("manual")) {
            throw ApiError.invalid("The sandbox captures every payment at once.")
                    .param("capture_method");
        }
        if (params.has("capture_method")) {
            intent.put("capture_method", capture);
        }
        if (params.has("confirmation_method")) {
            intent.put("confirmation_method", params.oneOf("confirmation_method", "automatic", "automatic", "manual"));
        }
        if (params.has("setup_future_usage")) {
            setUsage(params, intent);
        }
    }

    private static void setUsage(Params params, ObjectNode intent) {
        intent.put(
                "setup_future_usage",
                params.has("setup_future_usage") && params.text("setup_future_usage") == null
                        ? null
                        : params.oneOf("setup_future_usage", "off_session", "off_session", "on_session"));
    }

    private ObjectNode intent(ApiCall call) {
        var intent = store.find(KIND, call.id());
        if (intent == null) {
            throw ApiError.noSuch("payment_intent", call.id(), "intent");
        }
        checkSecret(call, intent);
        return intent;
    }

    /** A browser must send the intent's secret. */
    static void checkSecret(ApiCall call, ObjectNode intent) {
        var secret = call.params().text("client_secret");
        if (secret == null && call.publishable()) {
            throw ApiError.missingParam("client_secret");
        }
        if (secret != null && !secret.equals(JsonNodes.text(intent, "client_secret"))) {
            throw ApiError.invalid(
                            "resource_missing",
                            "The client_secret provided does not match the client_secret associated with this "
                                    + (intent.path("object").asString("").equals(KIND)
                                            ? "PaymentIntent."
                                            : "SetupIntent."))
                    .param("client_secret");
        }
    }

    /** A browser is not shown whose intent it is. */
    static ObjectNode seen(ApiCall call, ObjectNode intent) {
        if (!call.publishable()) {
            return intent;
        }
        var shown = JsonNodes.shown(intent);
        shown.remove(List.of("customer", "metadata", "latest_charge", "latest_attempt"));
        return shown;
    }
}
