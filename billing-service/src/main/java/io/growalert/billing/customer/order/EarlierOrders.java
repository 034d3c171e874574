package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.Requests;
import io.growalert.billing.customer.idempotency.Requests.Request;
import io.growalert.billing.customer.idempotency.Requests.State;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripePayments;
import io.growalert.billing.stripe.StripePayments.Payment;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Brings a customer's earlier orders to their end before a new one is paid: whoever got no answer tries again with another
 * token, and must not pay twice.
 */
@Component
final class EarlierOrders {
    private final Requests requests;
    private final StripePayments payments;

    EarlierOrders(Requests requests, StripePayments payments) {
        this.requests = requests;
        this.payments = payments;
    }

    /**
     * Cancels what was not paid.
     *
     * @return a payment of the same quantity whose outcome nobody was told
     * @throws StripeFailure when one may still be paid
     */
    Optional<Payment> settle(Request request, int quantity) {
        for (var earlier : requests.unsettled(request)) {
            requests.hold(request);
            var taken = requests.takeOver(earlier);
            Payment payment;
            try {
                payment = over(taken);
            } catch (RuntimeException e) {
                requests.release(taken, false);
                throw e;
            }
            if (taken.state() == State.OPEN) {
                requests.end(taken, payment.refused() == null ? State.DONE : State.FAILED, payment.id());
                if (!payment.status().equals("canceled") && payment.quantity() == quantity) {
                    return Optional.of(payment);
                }
            }
        }
        return Optional.empty();
    }

    private Payment over(Request request) {
        var payment = payments.retrieve(Objects.requireNonNull(request.object()));
        return switch (payment.status()) {
            case "requires_payment_method", "requires_confirmation", "requires_action" ->
                payments.canceled(payment.id(), request.atStripe());
            default -> payment;
        };
    }
}
