package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import java.time.Duration;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** Confirmation tokens: what was typed into a page, for the server to confirm a payment with, once. */
public final class ConfirmationTokenResource {
    private static final String KIND = "confirmation_token";
    private static final Duration GOOD_FOR = Duration.ofHours(12);
    private static final String KNOWN = """
            payment_method payment_method_data[type] payment_method_data[card][number] payment_method_data[card][exp_month]
            payment_method_data[card][exp_year] payment_method_data[card][cvc] payment_method_data[billing_details]*
            return_url setup_future_usage
            """;

    private final Store store;
    private final ObjectClock time;
    private final PaymentMethodResource methods;

    public ConfirmationTokenResource(Store store, ObjectClock time, PaymentMethodResource methods) {
        this.store = store;
        this.time = time;
        this.methods = methods;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.client("POST", "/v1/confirmation_tokens", KNOWN, this::create);
        endpoints.post("/v1/test_helpers/confirmation_tokens", KNOWN, this::create);
        endpoints.get("/v1/confirmation_tokens/{id}", call -> store.get(KIND, call.id()));
    }

    /**
     * Uses a token up.
     *
     * @return its payment method
     * @throws ApiError 400 when there is none, or it was used before
     */
    static ObjectNode use(Store store, String id, ObjectNode intent) {
        var token = store.find(KIND, id);
        if (token == null) {
            throw ApiError.refersToNone(KIND, id, KIND);
        }
        if (!JsonNodes.isNull(token, "payment_intent")) {
            throw ApiError.invalid("The ConfirmationToken %s was used before.".formatted(id))
                    .param(KIND);
        }
        token.put("payment_intent", JsonNodes.id(intent));
        store.save(token);
        return Objects.requireNonNull(store.find("payment_method", JsonNodes.textOf(token, "_payment_method")));
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var named = params.text("payment_method");
        var method = named == null
                ? methods.create(params.child("payment_method_data"))
                : methods.named(named, "payment_method");
        var preview = JsonNodes.shown(method);
        preview.retain("allow_redisplay", "billing_details", "card", "customer", "type");
        var token = JsonNodes.object();
        token.put("id", ObjectIds.next("ctoken"));
        token.put("object", KIND);
        token.put("created", time.now());
        token.put("expires_at", time.now() + GOOD_FOR.toSeconds());
        token.put("livemode", false);
        token.putNull("payment_intent");
        token.putNull("payment_method_options");
        token.set("payment_method_preview", preview);
        token.put("return_url", params.text("return_url"));
        token.put("setup_future_usage", params.text("setup_future_usage"));
        token.putNull("setup_intent");
        token.putNull("shipping");
        token.put("use_stripe_sdk", true);
        token.put("_payment_method", JsonNodes.id(method));
        return store.save(token);
    }
}
