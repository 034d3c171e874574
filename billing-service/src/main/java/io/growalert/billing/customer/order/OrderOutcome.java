package io.growalert.billing.customer.order;

import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripePayments.Payment;
import io.growalert.definitions.Secret;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/** The outcome of a device order's payment. */
public sealed interface OrderOutcome {
    Reason.Card UNKNOWN_REASON = new Reason.Card("card_declined", null, "The card was refused.");

    /** @param charge the charge's JSON from Stripe */
    record Paid(String payment, String charge) implements OrderOutcome {
        @Override
        public String toString() {
            return "Paid[payment=%s]".formatted(payment);
        }
    }

    /** The card's bank requires its owner's confirmation. */
    record ToConfirm(String payment, Secret clientSecret) implements OrderOutcome {}

    record Processing(String payment) implements OrderOutcome {}

    /** @param payment null when none was created */
    record Declined(@Nullable String payment, Reason.Card card) implements OrderOutcome {}

    /** Canceled at Stripe, without a declined card. */
    record Canceled(String payment) implements OrderOutcome {}

    /** Stripe rejected the token when the payment was confirmed. */
    record TokenRefused() implements OrderOutcome {
        public ErrorResponseException problem() {
            return BillingProblem.TOKEN_REFUSED.in(
                    "token", "token: expected a card's token that was not used, or a payment method of this customer");
        }
    }

    static OrderOutcome of(Payment payment) {
        return switch (payment.status()) {
            case SUCCEEDED, REQUIRES_CAPTURE ->
                new Paid(payment.id(), Objects.requireNonNull(payment.charge(), "a charge of " + payment.id()));
            case REQUIRES_ACTION -> new ToConfirm(payment.id(), Objects.requireNonNull(payment.clientSecret()));
            case CANCELED ->
                payment.refused() == null ? new Canceled(payment.id()) : new Declined(payment.id(), payment.refused());
            case REQUIRES_PAYMENT_METHOD ->
                new Declined(payment.id(), Objects.requireNonNullElse(payment.refused(), UNKNOWN_REASON));
            case REQUIRES_CONFIRMATION, PROCESSING, UNKNOWN -> new Processing(payment.id());
        };
    }
}
