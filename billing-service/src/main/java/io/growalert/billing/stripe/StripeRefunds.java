package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.model.Refund;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Refunds of payments. */
public final class StripeRefunds {
    private final StripeClient stripe;

    StripeRefunds(StripeClient stripe) {
        this.stripe = stripe;
    }

    /**
     * A refund.
     *
     * @param status such as {@code succeeded} or {@code pending}
     * @param amount in the currency's smallest unit
     */
    public record Made(String id, String status, long amount, String currency) {}

    /**
     * Refunds a payment.
     *
     * @param payment {@code pi_...} or {@code ch_...}
     * @param amount in the currency's smallest unit; null: all that was not refunded before
     * @throws StripeFailure when the refund is not known to be made
     */
    public Made create(String payment, @Nullable Long amount, StripeRequest request) {
        var parameters = RefundCreateParams.builder().putMetadata(StripeRequest.METADATA, request.id());
        if (amount != null) {
            parameters.setAmount(amount);
        }
        if (isCharge(payment)) {
            parameters.setCharge(payment);
        } else {
            parameters.setPaymentIntent(payment);
        }
        return made(orFail(() -> stripe.v1().refunds().create(parameters.build(), request.options("refund"))));
    }

    /** The refund that a request made before its outcome became unknown. */
    public Optional<Made> find(String payment, StripeRequest request) {
        var parameters = RefundListParams.builder().setLimit(100L);
        if (isCharge(payment)) {
            parameters.setCharge(payment);
        } else {
            parameters.setPaymentIntent(payment);
        }
        var refunds = orFail(() -> stripe.v1().refunds().list(parameters.build()));
        return refunds.getData().stream()
                .filter(refund -> isOf(request, refund))
                .findFirst()
                .map(StripeRefunds::made);
    }

    private static boolean isOf(StripeRequest request, Refund refund) {
        return refund.getMetadata() != null
                && request.id().equals(refund.getMetadata().get(StripeRequest.METADATA));
    }

    public Made retrieve(String id) {
        return made(orFail(() -> stripe.v1().refunds().retrieve(id)));
    }

    private static boolean isCharge(String payment) {
        return !payment.startsWith("pi_");
    }

    private static Made made(Refund refund) {
        return new Made(
                refund.getId(),
                Objects.requireNonNullElse(refund.getStatus(), "succeeded"),
                refund.getAmount(),
                refund.getCurrency());
    }
}
