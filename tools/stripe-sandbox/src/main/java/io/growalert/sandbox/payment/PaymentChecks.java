package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import tools.jackson.databind.node.ObjectNode;

/** What is wrong with the payment of an intent before it is attempted. */
public final class PaymentChecks {
    private PaymentChecks() {}

    /**
     * @throws ApiError when it is paid or canceled already
     */
    static void checkConfirmable(ObjectNode intent) {
        switch (JsonNodes.textOf(intent, "status")) {
            case "succeeded" ->
                throw unexpected(
                        intent,
                        "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.");
            case String status
            when status.equals("processing") || status.equals("canceled") ->
                throw unexpected(
                        intent,
                        "You cannot confirm this PaymentIntent because it has a status of %s. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action."
                                .formatted(status));
            default -> {}
        }
    }

    /** A customer's payment method pays for that customer only. */
    public static void checkOwner(ObjectNode intent, ObjectNode method) {
        var owner = JsonNodes.text(method, "customer");
        var payer = JsonNodes.text(intent, "customer");
        if (owner != null && payer == null) {
            throw ApiError.invalid(
                            "The payment method supplied (%s) belongs to a Customer. Please include the Customer in the `customer` parameter on the PaymentIntent."
                                    .formatted(JsonNodes.id(method)))
                    .param("payment_method");
        }
        if (owner != null && !owner.equals(payer)) {
            throw ApiError.invalid(
                            "resource_missing",
                            "The customer does not have a payment method with the ID %s. The payment method must be attached to the customer."
                                    .formatted(JsonNodes.id(method)))
                    .param("payment_method");
        }
        PaymentMethodResource.checkUnused(method);
    }

    static ApiError noMethod(ObjectNode intent) {
        return unexpected(
                intent,
                "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.");
    }

    static ApiError unexpected(ObjectNode intent, String message) {
        return ApiError.invalid("payment_intent_unexpected_state", message).with("payment_intent", intent);
    }
}
