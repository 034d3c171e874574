package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.math.BigDecimal;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Coupons: a part of an amount, or a fixed amount, off the invoices of the subscriptions that redeem them. */
final class CouponResource {
    private static final String KIND = "coupon";

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;

    CouponResource(Store store, EventLog events, ObjectClock time) {
        this.store = store;
        this.events = events;
        this.time = time;
    }

    void routes(ResourceRoutes endpoints) {
        endpoints.post(
                "/v1/coupons",
                "id name percent_off amount_off currency duration duration_in_months max_redemptions redeem_by metadata*",
                this::create);
        endpoints.list("/v1/coupons", KIND, "", _ -> _ -> true);
        endpoints.get("/v1/coupons/{id}", call -> store.get(KIND, call.id()));
        endpoints.post("/v1/coupons/{id}", "name metadata*", call -> {
            var coupon = store.get(KIND, call.id());
            events.changed(coupon, "coupon.updated", changed -> ObjectFields.of(call.params(), changed)
                    .texts("name")
                    .metadata());
            return coupon;
        });
        endpoints.delete("/v1/coupons/{id}", "", call -> {
            var coupon = store.get(KIND, call.id());
            events.emit("coupon.deleted", coupon, null);
            // those who have redeemed it keep their discount
            store.save(coupon.put("deleted", true));
            return JsonNodes.object().put("id", call.id()).put("object", KIND).put("deleted", true);
        });
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var id = params.text("id", ObjectIds.random(8));
        if (store.find(id) != null) {
            throw ApiError.invalid("resource_already_exists", "Coupon already exists.")
                    .param("id");
        }
        var coupon = Templates.of(KIND, id, time.now());
        var percent = params.text("percent_off");
        var amount = params.number("amount_off");
        if ((percent == null) == (amount == null)) {
            throw ApiError.invalid("You must pass exactly one of percent_off and amount_off.")
                    .param(percent == null ? "percent_off" : "amount_off");
        }
        if (percent != null) {
            coupon.put("percent_off", percent(percent));
        } else {
            coupon.put("amount_off", amount);
            coupon.put("currency", params.require("currency").toLowerCase(Locale.ROOT));
        }
        coupon.put("duration", params.oneOf("duration", "once", "once", "repeating", "forever"));
        if ("repeating".equals(JsonNodes.text(coupon, "duration"))) {
            params.require("duration_in_months");
        }
        ObjectFields.of(params, coupon)
                .texts("name")
                .numbers("duration_in_months", "max_redemptions", "redeem_by")
                .metadata();
        return events.created(coupon, "coupon.created");
    }

    private static BigDecimal percent(String text) {
        try {
            var percent = new BigDecimal(text);
            if (percent.signum() > 0 && percent.compareTo(BigDecimal.valueOf(100)) <= 0) {
                return percent;
            }
        } catch (NumberFormatException _) {
            // refused below
        }
        throw ApiError.invalid("Percent must be greater than 0 and at most 100.")
                .param("percent_off");
    }
}
