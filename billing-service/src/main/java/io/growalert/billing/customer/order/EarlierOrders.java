package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestState;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.stripe.PaymentStatus;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripePayments;
import io.growalert.billing.stripe.StripePayments.Payment;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/**
 * Settles a customer's earlier orders before a new one is paid: a client that got no answer retries with another token, and must
 * not pay twice.
 */
@Component
final class EarlierOrders {
    private final IdempotentRequests requests;
    private final StripePayments payments;

    EarlierOrders(IdempotentRequests requests, StripePayments payments) {
        this.requests = requests;
        this.payments = payments;
    }

    /**
     * Cancels the payments that were not made.
     *
     * @param found stores the payment that is returned in the present request; called before the earlier request is completed, so that
     *     at any time one of the two still leads to it
     * @return a payment of the same quantity whose outcome no client has got
     * @throws StripeFailure when one may still be paid
     */
    Optional<Payment> settle(Held request, int quantity, Consumer<Payment> found) {
        for (var earlier : requests.unsettled(request)) {
            request.renew();
            switch (earlier.takeOver()) {
                case Answered answered -> settled(answered.object(), answered);
                case Held held -> {
                    var payment = settled(held, quantity, found);
                    if (isSame(payment, quantity)) {
                        return Optional.of(payment);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isSame(Payment payment, int quantity) {
        return payment.status() != PaymentStatus.CANCELED && payment.quantity() == quantity;
    }

    private Payment settled(Held held, int quantity, Consumer<Payment> found) {
        Payment payment;
        try {
            payment = settled(Objects.requireNonNull(held.object()), held);
            if (isSame(payment, quantity)) {
                found.accept(payment);
            }
        } catch (RuntimeException e) {
            held.release();
            throw e;
        }
        if (payment.refused() == null) {
            held.complete(payment.id());
        } else {
            held.fail(payment.id());
        }
        return payment;
    }

    private Payment settled(String id, RequestState request) {
        var payment = payments.retrieve(id);
        return switch (payment.status()) {
            case REQUIRES_PAYMENT_METHOD, REQUIRES_CONFIRMATION, REQUIRES_ACTION ->
                payments.canceled(payment.id(), request.atStripe());
            case PROCESSING, REQUIRES_CAPTURE, SUCCEEDED, CANCELED, UNKNOWN -> payment;
        };
    }
}
