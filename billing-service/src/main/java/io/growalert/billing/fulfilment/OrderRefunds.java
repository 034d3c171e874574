package io.growalert.billing.fulfilment;

import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.shipping.Shipments;
import io.growalert.billing.shipping.Shipments.Fulfilment;
import io.growalert.billing.shipping.ShippingState;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeRefunds;
import io.growalert.billing.stripe.StripeRefunds.Made;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.ErrorResponseException;

/**
 * Refunds orders at Stripe, once for each key: the request is stored before Stripe is called, and a request with an unknown outcome
 * looks for its refund first. The order's row follows from Stripe's events.
 */
final class OrderRefunds {
    private final IdempotentRequests requests;
    private final Shipments orders;
    private final StripeRefunds stripe;
    private final TransactionOperations transaction;
    private final AuditLog audit;

    OrderRefunds(
            IdempotentRequests requests,
            Shipments orders,
            StripeRefunds stripe,
            TransactionOperations transaction,
            AuditLog audit) {
        this.requests = requests;
        this.orders = orders;
        this.stripe = stripe;
        this.transaction = transaction;
        this.audit = audit;
    }

    /**
     * Refunds an order, or returns the refund that the same request made before.
     *
     * @param amount in the smallest unit of the order's currency; null: all that was not refunded before
     * @param key of the client
     * @throws StripeFailure the outcome is unknown; the same request can be sent again
     */
    Made refund(String order, @Nullable Long amount, String key, Operator operator) {
        return switch (requests.begin(RequestKey.of("operator", "refund", key, order + "\n" + amount))) {
            case Answered answered -> stripe.retrieve(answered.object());
            case Held held -> refund(held, order, amount, operator);
        };
    }

    private Made refund(Held request, String order, @Nullable Long amount, Operator operator) {
        Made made;
        try {
            made = StripeWork.run(request, current -> made(current, order, amount));
        } catch (ErrorResponseException e) {
            request.forgetUnlessResumed();
            throw e;
        }
        transaction.executeWithoutResult(_ -> {
            request.complete(made.id());
            audit.add(
                    operator,
                    "refund",
                    order,
                    null,
                    Map.of("refund", made.id(), "amount", made.amount(), "currency", made.currency()));
        });
        return made;
    }

    private Made made(Held request, String order, @Nullable Long amount) {
        var paid = orders.find(order).orElseThrow(() -> FulfilmentApi.unknown(order));
        if (request.resumed()) {
            var before = stripe.find(paid.payment(), request.atStripe());
            if (before.isPresent()) {
                return before.get();
            }
        }
        check(paid, amount);
        try {
            return stripe.create(paid.payment(), amount, request.renew().atStripe());
        } catch (StripeFailure e) {
            throw e.reason() instanceof Reason.Invalid invalid ? refused(invalid, e) : e;
        }
    }

    private static void check(Fulfilment order, @Nullable Long amount) {
        switch (order.state()) {
            case REFUNDED, CANCELED, NONE -> throw FulfilmentApi.closed("refunded", order.state());
            case ADDRESS_MISSING, OPEN, SHIPPED, UNKNOWN -> {}
        }
        long left = order.amount() - order.refundedAmount();
        if (amount != null && amount > left) {
            throw tooMuch("at most %d, which was not refunded yet".formatted(left));
        }
    }

    private static ErrorResponseException tooMuch(String expected) {
        return CommonProblem.INVALID_FIELD.in("amount", "amount: expected " + expected);
    }

    /** The order may have been refunded or disputed since its row was written. */
    private static RuntimeException refused(Reason.Invalid invalid, StripeFailure failure) {
        if ("charge_already_refunded".equals(invalid.code())) {
            return FulfilmentApi.closed("refunded", ShippingState.REFUNDED);
        }
        if ("charge_disputed".equals(invalid.code())) {
            return BillingProblem.ORDER_DISPUTED.because(
                    "Stripe refunds no disputed payment: accept or contest the dispute at Stripe");
        }
        return invalid.about("amount") ? tooMuch("at most what was not refunded yet") : failure;
    }
}
