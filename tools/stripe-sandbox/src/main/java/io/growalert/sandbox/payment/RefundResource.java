package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.Expander;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** Refunds of a charge, in full or in part, at once. */
public final class RefundResource {
    private static final String KIND = "refund";

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;

    public RefundResource(Store store, EventLog events, ObjectClock time) {
        this.store = store;
        this.events = events;
        this.time = time;
    }

    public void routes(ResourceRoutes endpoints, Expander expand) {
        endpoints.post("/v1/refunds", "charge payment_intent amount reason metadata*", this::create);
        endpoints.list("/v1/refunds", KIND, "charge payment_intent", call -> {
            var charge = call.params().text("charge");
            var intent = call.params().text("payment_intent");
            return refund -> (charge == null || charge.equals(JsonNodes.text(refund, "charge")))
                    && (intent == null || intent.equals(JsonNodes.text(refund, "payment_intent")));
        });
        endpoints.get("/v1/refunds/{id}", call -> store.get(KIND, call.id()));
        endpoints.post("/v1/refunds/{id}", "metadata*", call -> {
            var refund = store.get(KIND, call.id());
            events.changed(refund, "refund.updated", changed -> ObjectFields.of(call.params(), changed)
                    .metadata());
            return refund;
        });
        expand.onRequest("charge", "refunds", charge -> {
            var id = JsonNodes.id(charge);
            return ResourceRoutes.all(
                    "/v1/charges/%s/refunds".formatted(id),
                    store.kind(KIND).descendingMap().values().stream()
                            .filter(refund -> id.equals(JsonNodes.text(refund, "charge")))
                            .toList());
        });
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var charge = charge(params);
        var id = JsonNodes.id(charge);
        if (!"succeeded".equals(JsonNodes.text(charge, "status"))) {
            throw ApiError.invalid("Charge %s was not successful; it cannot be refunded.".formatted(id));
        }
        if (JsonNodes.flag(charge, "disputed")) {
            throw ApiError.invalid(
                    "charge_disputed", "Charge %s has been charged back; cannot issue a refund.".formatted(id));
        }
        var left = JsonNodes.number(charge, "amount_captured") - JsonNodes.number(charge, "amount_refunded");
        if (left == 0) {
            throw ApiError.invalid("charge_already_refunded", "Charge %s has already been refunded.".formatted(id));
        }
        var amount = params.number("amount", left);
        if (amount < 1) {
            throw ApiError.invalid("parameter_invalid_integer", "Invalid positive integer")
                    .param("amount");
        }
        if (amount > left) {
            throw ApiError.invalid("Refund amount (%d) is greater than unrefunded amount on charge (%d)"
                            .formatted(amount, left))
                    .param("amount");
        }
        return refund(charge, amount, params);
    }

    private ObjectNode refund(ObjectNode charge, long amount, Params params) {
        var refund = Templates.of(KIND, ObjectIds.next("re"), time.of(charge));
        refund.put("amount", amount).put("charge", JsonNodes.id(charge));
        refund.set("currency", charge.path("currency"));
        for (var field : List.of("payment_intent", "customer", "payment_method")) {
            refund.set(field, charge.path(field));
        }
        refund.put("balance_transaction", ObjectIds.next("txn"));
        if (params.text("reason") != null) {
            refund.put("reason", params.oneOf("reason", "", "duplicate", "fraudulent", "requested_by_customer"));
        }
        ObjectFields.of(params, refund).metadata();
        var card = refund.withObjectProperty("destination_details").withObjectProperty("card");
        card.put("reference_status", "pending").put("reference_type", "acquirer_reference_number");
        events.created(refund, "refund.created");
        events.changed(charge, "charge.refunded", changed -> {
            var refunded = JsonNodes.number(changed, "amount_refunded") + amount;
            changed.put("amount_refunded", refunded);
            changed.put("refunded", refunded == JsonNodes.number(changed, "amount_captured"));
        });
        // The bank's reference comes later, in a second event of the same refund.
        events.changed(refund, "refund.updated", changed -> changed.withObjectProperty("destination_details")
                .withObjectProperty("card")
                .put("reference", ObjectIds.random(23).toUpperCase(Locale.ROOT))
                .put("reference_status", "available"));
        return refund;
    }

    private ObjectNode charge(Params params) {
        var id = params.text("charge");
        var intent = params.text("payment_intent");
        if (id == null && intent == null) {
            throw ApiError.invalid(
                    "One of the following params should be provided for this request: payment_intent or charge.");
        }
        if (id == null) {
            var paid = store.find(Payments.KIND, intent);
            if (paid == null) {
                throw ApiError.refersToNone("payment_intent", Objects.requireNonNull(intent), "payment_intent");
            }
            id = JsonNodes.text(paid, "latest_charge");
            if (id == null) {
                throw ApiError.invalid(
                        "This PaymentIntent (%s) does not have a successful charge to refund.".formatted(intent));
            }
        }
        var charge = store.find("charge", id);
        if (charge == null) {
            throw ApiError.refersToNone("charge", id, "charge");
        }
        return charge;
    }
}
