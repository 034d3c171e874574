package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.order.DevicePrice.UnitAmount;
import io.growalert.billing.customer.order.OrderOutcome.Canceled;
import io.growalert.billing.customer.order.OrderOutcome.Declined;
import io.growalert.billing.customer.order.OrderOutcome.Paid;
import io.growalert.billing.customer.order.OrderOutcome.Processing;
import io.growalert.billing.customer.order.OrderOutcome.ToConfirm;
import io.growalert.billing.customer.order.OrderOutcome.TokenRefused;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.PaymentStatus;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripePayments;
import io.growalert.billing.stripe.StripePayments.DeviceOrder;
import io.growalert.billing.stripe.StripePayments.Payment;
import io.growalert.billing.stripe.StripeRequest;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** The steps of an order's payment at Stripe, with their expected failures as outcomes or problems. */
@Component
final class DevicePayments {
    private final StripePayments payments;

    DevicePayments(StripePayments payments) {
        this.payments = payments;
    }

    /** The order's id, which follows from its request. */
    static String orderOf(Held request) {
        return "ord_" + request.id().toString().replace("-", "");
    }

    Payment retrieve(String id) {
        return payments.retrieve(id);
    }

    /** The payment that this request created or found before; empty: none. */
    Optional<Payment> known(Held request, String customer) {
        if (request.object() != null) {
            return Optional.of(payments.retrieve(request.object()));
        }
        return request.resumed() ? payments.find(customer, request.atStripe(), request.since()) : Optional.empty();
    }

    /** @throws ErrorResponseException {@link BillingProblem#TOKEN_REFUSED} when it is another customer's payment method */
    void requireOwn(Order order) {
        if (order.isToken()) {
            return;
        }
        Optional<String> owner;
        try {
            owner = payments.ownerOf(order.token());
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && "resource_missing".equals(invalid.code())) {
                throw new TokenRefused().problem();
            }
            throw e;
        }
        if (owner.isPresent() && !owner.get().equals(order.customer())) {
            throw new TokenRefused().problem();
        }
    }

    /** A payment that moves no money yet. */
    Payment create(Order order, UnitAmount unit, Held request) {
        var devices =
                new DeviceOrder(orderOf(request), order.customer(), order.quantity(), unit.amount(), unit.currency());
        try {
            return payments.create(devices, order.token(), request.atStripe());
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && invalid.isAboutToken()) {
                throw new TokenRefused().problem();
            }
            throw e;
        }
    }

    OrderOutcome confirm(String payment, StripeRequest request) {
        try {
            return OrderOutcome.of(payments.confirm(payment, request));
        } catch (StripeFailure e) {
            return switch (e.reason()) {
                case Reason.Card card -> new Declined(payment, card);
                // it was confirmed by another request meanwhile
                case Reason.Invalid invalid
                when "payment_intent_unexpected_state".equals(invalid.code()) ->
                    OrderOutcome.of(payments.retrieve(payment));
                case Reason.Invalid invalid when invalid.isAboutToken() -> new TokenRefused();
                default -> throw e;
            };
        }
    }

    void cancel(String payment, StripeRequest request) {
        payments.cancel(payment, request);
    }

    /** Cancels a payment that failed, so that it can never be paid beside the next attempt. The cancellation may find it paid. */
    OrderOutcome settled(String payment, StripeRequest request, OrderOutcome outcome) {
        return switch (outcome) {
            case Paid _, ToConfirm _, Processing _, Canceled _ -> outcome;
            case Declined _, TokenRefused _ -> {
                var current = payments.cancel(payment, request);
                yield current.status() == PaymentStatus.CANCELED ? outcome : OrderOutcome.of(current);
            }
        };
    }
}
