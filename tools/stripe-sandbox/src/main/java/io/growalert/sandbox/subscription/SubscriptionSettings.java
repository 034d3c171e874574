package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.payment.PaymentMethodResource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of a subscription that its items do not depend on. */
final class SubscriptionSettings {
    private final ObjectClock time;
    private final PaymentMethodResource methods;

    SubscriptionSettings(ObjectClock time, PaymentMethodResource methods) {
        this.time = time;
        this.methods = methods;
    }

    void apply(Params params, ObjectNode subscription) {
        var method = params.text("default_payment_method");
        if (method != null) {
            var owned = methods.named(method, "default_payment_method");
            if (!JsonNodes.textOf(subscription, "customer").equals(JsonNodes.text(owned, "customer"))) {
                throw ApiError.invalid(
                                "resource_missing",
                                "The customer does not have a payment method with the ID %s. The payment method must be attached to the customer."
                                        .formatted(method))
                        .param("default_payment_method");
            }
        }
        params.oneOf("collection_method", "charge_automatically", "charge_automatically");
        ObjectFields.of(params, subscription)
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

    void applyCancellation(Params params, ObjectNode subscription) {
        if (params.has("cancel_at_period_end") && params.has("cancel_at")) {
            throw ApiError.invalid("You may only specify one of these parameters: cancel_at, cancel_at_period_end.");
        }
        if (params.has("cancel_at_period_end")) {
            var atEnd = params.flag("cancel_at_period_end");
            subscription.put("cancel_at_period_end", atEnd);
            cancelAt(subscription, atEnd ? SubscriptionItems.periodEnd(subscription) : null);
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

    static void details(Params params, ObjectNode subscription) {
        ObjectFields.of(params.child("cancellation_details"), subscription.withObjectProperty("cancellation_details"))
                .texts("comment", "feedback");
    }

    static long trialEnd(Params params, long now) {
        if (params.has("trial_period_days")) {
            return now + Duration.ofDays(params.number("trial_period_days", 0)).toSeconds();
        }
        return "now".equals(params.text("trial_end")) ? now : params.number("trial_end", now);
    }

    static String behavior(Params params, String... known) {
        return params.oneOf("payment_behavior", known[0], known);
    }
}
