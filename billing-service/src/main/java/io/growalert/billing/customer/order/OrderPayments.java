package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Done;
import io.growalert.billing.customer.idempotency.RequestState.Failed;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.customer.limit.AttemptLimit;
import io.growalert.billing.customer.limit.AttemptLimit.Attempt;
import io.growalert.billing.customer.order.DevicePrice.UnitAmount;
import io.growalert.billing.customer.order.OrderOutcome.Canceled;
import io.growalert.billing.customer.order.OrderOutcome.Declined;
import io.growalert.billing.customer.order.OrderOutcome.Paid;
import io.growalert.billing.customer.order.OrderOutcome.Processing;
import io.growalert.billing.customer.order.OrderOutcome.ToConfirm;
import io.growalert.billing.customer.order.OrderOutcome.TokenRefused;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.shipping.ShippingAddresses;
import io.growalert.billing.stripe.PaymentStatus;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripePayments;
import io.growalert.billing.stripe.StripePayments.DeviceOrder;
import io.growalert.billing.stripe.StripePayments.Payment;
import io.growalert.billing.stripe.StripeRequest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * Charges device orders. Money cannot move twice: a payment is created that moves none, its id is stored, and then that one
 * payment is confirmed. After an unknown outcome the payment is read first.
 */
@Component
public final class OrderPayments {
    private static final Logger LOG = LoggerFactory.getLogger(OrderPayments.class);

    private final IdempotentRequests requests;
    private final EarlierOrders earlier;
    private final StripePayments payments;
    private final DevicePrice price;
    private final ShippingAddresses addresses;

    OrderPayments(
            IdempotentRequests requests,
            EarlierOrders earlier,
            StripePayments payments,
            DevicePrice price,
            ShippingAddresses addresses) {
        this.requests = requests;
        this.earlier = earlier;
        this.payments = payments;
        this.price = price;
        this.addresses = addresses;
    }

    /**
     * Charges the order, or returns the outcome of the same order before.
     *
     * @param limit of failed payments, before a card is tried
     * @throws StripeFailure the outcome is unknown; the same order can be sent again
     */
    public OrderOutcome charge(Order order, AttemptLimit limit) {
        return switch (requests.begin(order.key())) {
            case Held held -> charge(held, order, limit);
            case Answered answered -> repeated(answered, order, limit);
        };
    }

    private OrderOutcome repeated(Answered answered, Order order, AttemptLimit limit) {
        var payment = payments.retrieve(answered.object());
        ship(payment.order(), order);
        var outcome = settled(answered.object(), answered.atStripe(), OrderOutcome.of(payment));
        return switch (outcome) {
            case Paid _, ToConfirm _, Processing _, TokenRefused _ -> outcome;
            case Declined _ -> {
                if (answered instanceof Done done) {
                    // the bank declined after the request was answered
                    var _ = limit.begin();
                    done.fail();
                }
                yield isRepeatable(order) ? charge(answered.restart(), order, limit) : outcome;
            }
            case Canceled _ -> {
                if (isRepeatable(order)) {
                    yield charge(answered.restart(), order, limit);
                }
                yield switch (answered) {
                    case Done _ -> outcome;
                    case Failed _ -> new Declined(answered.object(), OrderOutcome.UNKNOWN_REASON);
                };
            }
        };
    }

    private static boolean isRepeatable(Order order) {
        return order.key().derived() && !order.isToken();
    }

    private OrderOutcome charge(Held request, Order order, AttemptLimit limit) {
        Attempt attempt;
        try {
            attempt = limit.begin();
        } catch (ErrorResponseException e) {
            forgetUnlessResumed(request);
            throw e;
        }
        OrderOutcome outcome;
        try {
            outcome = StripeWork.run(request, current -> work(current, order));
        } catch (ErrorResponseException e) {
            quietly(attempt::takeBack);
            forgetUnlessResumed(request);
            throw e;
        } catch (RuntimeException e) {
            quietly(attempt::takeBack);
            throw e;
        }
        if (!(outcome instanceof Declined)) {
            quietly(attempt::takeBack);
        }
        quietly(() -> end(request, outcome));
        return outcome;
    }

    /** The outcome is answered even when it cannot be stored: the next request fetches it from Stripe. */
    private static void quietly(Runnable update) {
        try {
            update.run();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Could not store the payment's status; it is fetched on the next request");
        }
    }

    private static void end(Held request, OrderOutcome outcome) {
        switch (outcome) {
            case Paid paid -> request.complete(paid.payment());
            case ToConfirm toConfirm -> request.complete(toConfirm.payment());
            case Processing processing -> request.complete(processing.payment());
            case Canceled canceled -> request.complete(canceled.payment());
            case Declined declined -> {
                if (declined.payment() == null) {
                    request.forget();
                } else {
                    request.fail(declined.payment());
                }
            }
            case TokenRefused _ -> request.forget();
        }
    }

    private static void forgetUnlessResumed(Held request) {
        if (request.resumed()) {
            request.release();
        } else {
            request.forget();
        }
    }

    private OrderOutcome work(Held request, Order order) {
        var payment = known(request, order.customer()).orElse(null);
        var unit = payment == null ? price.current() : null;
        if (unit != null) {
            checkAmount(order, unit);
            checkOwner(order);
        }
        if (request.object() == null) {
            var paid = earlier.settle(request, order.quantity());
            if (paid.isPresent()) {
                if (payment != null) {
                    payments.cancel(payment.id(), request.atStripe());
                }
                ship(paid.get().order(), order);
                return OrderOutcome.of(paid.get());
            }
        }
        // before the payment, so that no paid order lacks an address that the customer gave
        ship(orderOf(request), order);
        if (payment == null) {
            try {
                payment = create(order, Objects.requireNonNull(unit), request.renew());
            } catch (StripeFailure e) {
                if (e.reason() instanceof Reason.Card card) {
                    return new Declined(null, card);
                }
                throw e;
            }
        }
        var current = request.created(payment.id());
        if (payment.status() != PaymentStatus.REQUIRES_CONFIRMATION) {
            return settled(payment.id(), current.atStripe(), OrderOutcome.of(payment));
        }
        if (order.expected() != null && order.expected() != payment.amount()) {
            payments.cancel(payment.id(), current.atStripe());
            current.complete(payment.id());
            throw amountChanged(order, price.current());
        }
        return settled(payment.id(), current.atStripe(), confirm(payment.id(), current.atStripe()));
    }

    private Optional<Payment> known(Held request, String customer) {
        if (request.object() != null) {
            return Optional.of(payments.retrieve(request.object()));
        }
        return request.resumed() ? payments.find(customer, request.atStripe(), request.since()) : Optional.empty();
    }

    /** Before a payment is created; one that was created and not confirmed is checked against its own amount. */
    private static void checkAmount(Order order, UnitAmount unit) {
        if (order.expected() != null && order.expected() != unit.of(order.quantity())) {
            throw amountChanged(order, unit);
        }
    }

    private static ErrorResponseException amountChanged(Order order, UnitAmount unit) {
        var changed = BillingProblem.AMOUNT_CHANGED.because("the order costs another amount than expected");
        changed.getBody().setProperty("amount", unit.of(order.quantity()));
        changed.getBody().setProperty("currency", unit.currency());
        return changed;
    }

    private void ship(@Nullable String id, Order order) {
        if (id != null && order.shipping() != null) {
            addresses.store(id, order.customer(), order.shipping());
        }
    }

    private static String orderOf(Held request) {
        return "ord_" + request.id().toString().replace("-", "");
    }

    private void checkOwner(Order order) {
        if (order.isToken()) {
            return;
        }
        Optional<String> owner;
        try {
            owner = payments.ownerOf(order.token());
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && "resource_missing".equals(invalid.code())) {
                throw tokenRefused();
            }
            throw e;
        }
        if (owner.isPresent() && !owner.get().equals(order.customer())) {
            throw tokenRefused();
        }
    }

    private Payment create(Order order, UnitAmount unit, Held request) {
        var devices =
                new DeviceOrder(orderOf(request), order.customer(), order.quantity(), unit.amount(), unit.currency());
        try {
            return payments.create(devices, order.token(), request.atStripe());
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && invalid.isAboutToken()) {
                throw tokenRefused();
            }
            throw e;
        }
    }

    public static ErrorResponseException tokenRefused() {
        return BillingProblem.TOKEN_REFUSED.in(
                "token", "token: expected a card's token that was not used, or a payment method of this customer");
    }

    private OrderOutcome confirm(String payment, StripeRequest request) {
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

    /** Cancels a payment that failed, so that it can never be paid beside the next attempt. The cancellation may find it paid. */
    private OrderOutcome settled(String payment, StripeRequest request, OrderOutcome outcome) {
        return switch (outcome) {
            case Paid _, ToConfirm _, Processing _, Canceled _ -> outcome;
            case Declined _, TokenRefused _ -> {
                var current = payments.cancel(payment, request);
                yield current.status() == PaymentStatus.CANCELED ? outcome : OrderOutcome.of(current);
            }
        };
    }
}
