package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.model.PaymentIntent;
import com.stripe.param.PaymentIntentCancelParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentListParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.definitions.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Payments of device orders. A payment is made in two steps, so that money cannot move twice: {@link #create} moves none, and
 * a payment that is there is charged once at most, however often it is confirmed.
 */
public final class StripePayments {
    private static final String QUANTITY = "growalert_quantity";
    private static final String CHARGE = "latest_charge";
    private static final List<String> OF_RISK = List.of("risk_level", "risk_score", "rule");
    /** How far Stripe's clock may be from our database's. */
    private static final Duration CLOCKS = Duration.ofMinutes(5);

    private final StripeClient stripe;

    StripePayments(StripeClient stripe) {
        this.stripe = stripe;
    }

    /** @param amount of one device, in the currency's smallest unit */
    public record DeviceOrder(String id, String customer, int quantity, long amount, String currency) {}

    /**
     * @param quantity of devices; 0 when it does not say
     * @param amount in the currency's smallest unit
     * @param charge the last one, as Stripe sent it but for the risk that Stripe sees in it
     * @param refused why the last try failed
     */
    public record Payment(
            String id,
            PaymentStatus status,
            int quantity,
            long amount,
            @Nullable Secret clientSecret,
            @Nullable String charge,
            Reason.@Nullable Card refused) {
        @Override
        public String toString() {
            return "Payment[id=%s, status=%s]".formatted(id, status);
        }
    }

    /** Whose a payment method is; nobody's until it is attached. */
    public Optional<String> ownerOf(String method) {
        return Optional.ofNullable(
                orFail(() -> stripe.v1().paymentMethods().retrieve(method)).getCustomer());
    }

    /**
     * Makes a payment that moves no money until it is confirmed. It uses up a card's token, so that it is all or nothing: a token
     * that was used up by itself could not be found again.
     *
     * @param means {@code tok_...} or {@code pm_...}
     */
    public Payment create(DeviceOrder order, String means, StripeRequest request) {
        var parameters = PaymentIntentCreateParams.builder()
                .setAmount(Math.multiplyExact(order.amount(), (long) order.quantity()))
                .setCurrency(order.currency())
                .setCustomer(order.customer())
                .addAllPaymentMethodType(PaymentMethods.TYPES)
                .putMetadata("growalert_order", order.id())
                .putMetadata(QUANTITY, Integer.toString(order.quantity()))
                .putMetadata("growalert_unit_amount", Long.toString(order.amount()))
                .putMetadata(StripeRequest.METADATA, request.id());
        if (means.startsWith("tok_")) {
            // the library has no method for it, as pages are to make payment methods instead (stripe-node issue 1310)
            parameters.putExtraParam("payment_method_data", Map.of("type", "card", "card", Map.of("token", means)));
        } else {
            parameters.setPaymentMethod(means);
        }
        return payment(
                orFail(() -> stripe.v1().paymentIntents().create(parameters.build(), request.options("payment"))));
    }

    /** The payment that a request made before it lost sight of it. */
    public Optional<Payment> find(String customer, StripeRequest request, Instant since) {
        var parameters = PaymentIntentListParams.builder()
                .setCustomer(customer)
                .setCreated(PaymentIntentListParams.Created.builder()
                        .setGte(since.minus(CLOCKS).getEpochSecond())
                        .build())
                .setLimit(100L)
                .build();
        var payments = orFail(() -> stripe.v1().paymentIntents().list(parameters));
        return payments.getData().stream()
                .filter(payment -> request.id().equals(payment.getMetadata().get(StripeRequest.METADATA)))
                .findFirst()
                .map(payment -> retrieve(payment.getId()));
    }

    public Payment retrieve(String id) {
        var parameters = PaymentIntentRetrieveParams.builder().addExpand(CHARGE).build();
        return payment(orFail(() -> stripe.v1().paymentIntents().retrieve(id, parameters)));
    }

    /** @throws StripeFailure for {@link Reason.Card} when the card is refused */
    public Payment confirm(String id, StripeRequest request) {
        var parameters = PaymentIntentConfirmParams.builder()
                .addExpand(CHARGE)
                // what the bank wants to know is asked by Stripe's script, in the browser that waits for our answer
                .setUseStripeSdk(true)
                .build();
        return payment(orFail(() -> stripe.v1().paymentIntents().confirm(id, parameters, request.options("confirm"))));
    }

    /**
     * Sees to it that nobody can confirm a payment any more.
     *
     * @return the payment: canceled, or as it fares because it is past being canceled
     * @throws StripeFailure when it can still be paid, or that is not known
     */
    public Payment cancel(String id, StripeRequest request) {
        var parameters = PaymentIntentCancelParams.builder().addExpand(CHARGE).build();
        try {
            return payment(orFail(
                    () -> stripe.v1().paymentIntents().cancel(id, parameters, request.optionsOfOneTry("cancel"))));
        } catch (StripeFailure e) {
            var current = retrieve(id);
            if (!current.status().isUnpaid()) {
                return current;
            }
            throw e.reason() instanceof Reason.Invalid ? StripeFailure.undecided() : e;
        }
    }

    /**
     * Like {@link #cancel}, but what waits for its owner is not over either.
     *
     * @throws StripeFailure when it can still be paid by anybody, or that is not known
     */
    public Payment canceled(String id, StripeRequest request) {
        var payment = cancel(id, request);
        if (payment.status() == PaymentStatus.REQUIRES_ACTION) {
            throw StripeFailure.undecided();
        }
        return payment;
    }

    private static Payment payment(PaymentIntent intent) {
        var json = Tree.of(intent);
        var secret = Tree.text(json, "client_secret");
        var charge = json.path(CHARGE);
        return new Payment(
                Tree.required(json, "id"),
                PaymentStatus.of(Tree.required(json, "status")),
                json.path("metadata").path(QUANTITY).asInt(0),
                json.path("amount").asLong(),
                secret == null ? null : new Secret(secret),
                charge instanceof ObjectNode object ? published(object).toString() : null,
                refused(json.path("last_payment_error")));
    }

    /** Without what Stripe thinks of the customer, which a thief would learn from. */
    static ObjectNode published(ObjectNode charge) {
        var published = charge.deepCopy();
        if (published.path("outcome") instanceof ObjectNode outcome) {
            outcome.remove(OF_RISK);
        }
        if (published.has("fraud_details")) {
            published.putObject("fraud_details");
        }
        return published;
    }

    private static Reason.@Nullable Card refused(JsonNode error) {
        return error.isObject()
                ? new Reason.Card(
                        Objects.requireNonNullElse(Tree.text(error, "code"), "card_declined"),
                        Tree.text(error, "decline_code"),
                        Objects.requireNonNullElse(Tree.text(error, "message"), "The card was refused."))
                : null;
    }
}
