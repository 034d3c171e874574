package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.CustomerLock;
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
import java.util.Objects;
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
    private static final String NOT_STORED = "Could not store the payment's status; it is fetched on the next request";

    private final CustomerLock lock;
    private final IdempotentRequests requests;
    private final EarlierOrders earlier;
    private final DevicePayments payments;
    private final DevicePrice price;
    private final ShippingAddresses addresses;

    OrderPayments(
            CustomerLock lock,
            IdempotentRequests requests,
            EarlierOrders earlier,
            DevicePayments payments,
            DevicePrice price,
            ShippingAddresses addresses) {
        this.lock = lock;
        this.requests = requests;
        this.earlier = earlier;
        this.payments = payments;
        this.price = price;
        this.addresses = addresses;
    }

    /**
     * Charges the order, or returns the outcome of the same order before. The account cannot be deleted meanwhile.
     *
     * @param limit of failed payments, before a card is tried
     * @throws StripeFailure the outcome is unknown; the same order can be sent again
     * @throws ErrorResponseException {@link BillingProblem#REQUEST_IN_FLIGHT} while another request of the customer is in progress
     */
    public OrderOutcome charge(Order order, AttemptLimit limit) {
        var locked = lock.takeForPayment(order.customer());
        try {
            return switch (requests.begin(order.key())) {
                case Held held -> charge(held, locked, order, limit);
                case Answered answered -> repeated(answered, locked, order, limit);
            };
        } finally {
            quietly(locked::forget, "Could not release the customer's lock; it expires with its lease");
        }
    }

    private OrderOutcome repeated(Answered answered, Held locked, Order order, AttemptLimit limit) {
        var payment = payments.retrieve(answered.object());
        ship(payment.order(), order);
        var outcome = payments.settled(answered.object(), answered.atStripe(), OrderOutcome.of(payment));
        return switch (outcome) {
            case Paid _, ToConfirm _, Processing _, TokenRefused _ -> outcome;
            case Declined _ -> {
                if (answered instanceof Done done) {
                    // the bank declined after the request was answered
                    var _ = limit.begin();
                    done.fail();
                }
                yield isRepeatable(order) ? charge(answered.restart(), locked, order, limit) : outcome;
            }
            case Canceled _ -> {
                if (isRepeatable(order)) {
                    yield charge(answered.restart(), locked, order, limit);
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

    private OrderOutcome charge(Held request, Held locked, Order order, AttemptLimit limit) {
        Attempt attempt;
        try {
            attempt = limit.begin();
        } catch (ErrorResponseException e) {
            request.forgetUnlessResumed();
            throw e;
        }
        OrderOutcome outcome;
        try {
            outcome = StripeWork.run(request, current -> work(current, locked, order));
        } catch (ErrorResponseException e) {
            takeBack(attempt);
            request.forgetUnlessResumed();
            throw e;
        } catch (RuntimeException e) {
            takeBack(attempt);
            throw e;
        }
        if (!(outcome instanceof Declined)) {
            takeBack(attempt);
        }
        quietly(() -> end(request, outcome), NOT_STORED);
        return outcome;
    }

    private static void takeBack(Attempt attempt) {
        quietly(attempt::takeBack, NOT_STORED);
    }

    /** The outcome is answered even when it cannot be stored: the next request fetches it from Stripe. */
    private static void quietly(Runnable update, String failure) {
        try {
            update.run();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log(failure);
        }
    }

    private static void end(Held request, OrderOutcome outcome) {
        switch (outcome) {
            case Paid paid -> request.completeAll(paid.payment());
            case ToConfirm toConfirm -> request.completeAll(toConfirm.payment());
            case Processing processing -> request.completeAll(processing.payment());
            case Canceled canceled -> request.completeAll(canceled.payment());
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

    private OrderOutcome work(Held request, Held locked, Order order) {
        var payment = payments.known(request, order.customer()).orElse(null);
        var unit = payment == null ? price.current() : null;
        if (unit != null) {
            checkAmount(order, unit);
            payments.requireOwn(order);
        }
        if (request.object() == null) {
            var own = payment;
            var paid = earlier.settle(request, order.quantity(), found -> {
                if (own != null) {
                    payments.cancel(own.id(), request.atStripe());
                }
                var _ = request.created(found.id());
            });
            if (paid.isPresent()) {
                ship(paid.get().order(), order);
                return OrderOutcome.of(paid.get());
            }
        }
        if (payment == null) {
            // for longer than the next two calls to Stripe; a deletion of the account finds and cancels a payment that
            // exists
            var _ = locked.renew();
        }
        // before the payment, so that no paid order lacks an address that the customer gave
        ship(payment == null ? DevicePayments.orderOf(request) : payment.order(), order);
        if (payment == null) {
            try {
                payment = payments.create(order, Objects.requireNonNull(unit), request.renew());
            } catch (StripeFailure e) {
                if (e.reason() instanceof Reason.Card card) {
                    return new Declined(null, card);
                }
                throw e;
            }
        }
        var current = request.created(payment.id());
        if (payment.status() != PaymentStatus.REQUIRES_CONFIRMATION) {
            return payments.settled(payment.id(), current.atStripe(), OrderOutcome.of(payment));
        }
        if (!order.expected().is(payment.amount(), payment.currency())) {
            payments.cancel(payment.id(), current.atStripe());
            current.complete(payment.id());
            throw amountChanged(order, price.current());
        }
        return payments.settled(payment.id(), current.atStripe(), payments.confirm(payment.id(), current.atStripe()));
    }

    /** Before a payment is created; one that was created and not confirmed is checked against its own amount. */
    private static void checkAmount(Order order, UnitAmount unit) {
        if (!order.expected().is(unit.of(order.quantity()), unit.currency())) {
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
}
