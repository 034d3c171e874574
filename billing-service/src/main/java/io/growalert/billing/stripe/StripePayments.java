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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Payments of device orders. A payment takes two steps, so that money cannot move twice: {@link #create} moves none, and a
 * payment is charged at most once, however often it is confirmed.
 */
public final class StripePayments {
    private static final String ORDER = "growalert_order";
    private static final String QUANTITY = "growalert_quantity";
    private static final String CHARGE = "latest_charge";
    private static final List<String> OF_RISK = List.of("risk_level", "risk_score", "rule");
    /** The most by which Stripe's clock and the database's differ. */
    private static final Duration CLOCKS = Duration.ofMinutes(5);

    private final StripeClient stripe;

    StripePayments(StripeClient stripe) {
        this.stripe = stripe;
    }

    /** @param amount of one device, in the currency's smallest unit */
    public record DeviceOrder(String id, String customer, int quantity, long amount, String currency) {}

    /**
     * @param order the id of the device order; null: it is of no order
     * @param quantity of devices; 0: unknown
     * @param amount in the currency's smallest unit
     * @param currency in lower case
     * @param charge the latest charge's JSON, without Stripe's assessment of the risk
     * @param refused why the last attempt failed
     */
    public record Payment(
            String id,
            PaymentStatus status,
            @Nullable String order,
            int quantity,
            long amount,
            String currency,
            @Nullable Secret clientSecret,
            @Nullable String charge,
            Reason.@Nullable Card refused) {
        @Override
        public String toString() {
            return "Payment[id=%s, status=%s]".formatted(id, status);
        }
    }

    /** The payment of an order, as a list has it. */
    public record OrderPayment(String id, String order, PaymentStatus status) {}

    /** The customer of a payment method; empty until it is attached to one. */
    public Optional<String> ownerOf(String method) {
        return Optional.ofNullable(
                orFail(() -> stripe.v1().paymentMethods().retrieve(method)).getCustomer());
    }

    /**
     * Creates a payment that moves no money until it is confirmed. The same request uses up the card's token: a payment method
     * created from it separately could not be found again.
     *
     * @param means {@code tok_...} or {@code pm_...}
     */
    public Payment create(DeviceOrder order, String means, StripeRequest request) {
        var parameters = PaymentIntentCreateParams.builder()
                .setAmount(Math.multiplyExact(order.amount(), (long) order.quantity()))
                .setCurrency(order.currency())
                .setCustomer(order.customer())
                .addAllPaymentMethodType(AcceptedPaymentMethods.TYPES)
                .putMetadata(ORDER, order.id())
                .putMetadata(QUANTITY, Integer.toString(order.quantity()))
                .putMetadata("growalert_unit_amount", Long.toString(order.amount()))
                .putMetadata(StripeRequest.METADATA, request.id());
        if (means.startsWith("tok_")) {
            // the library has no method for it, since pages should create payment methods instead (stripe-node issue
            // 1310)
            parameters.putExtraParam("payment_method_data", Map.of("type", "card", "card", Map.of("token", means)));
        } else {
            parameters.setPaymentMethod(means);
        }
        return payment(
                orFail(() -> stripe.v1().paymentIntents().create(parameters.build(), request.options("payment"))));
    }

    /** The payment that a request created before its outcome became unknown. */
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

    /** All payments of a customer's orders. */
    public List<OrderPayment> ofOrders(String customer) {
        var payments = new ArrayList<OrderPayment>();
        var parameters = PaymentIntentListParams.builder().setCustomer(customer).setLimit(100L);
        boolean hasMore = true;
        while (hasMore) {
            var page = orFail(() -> stripe.v1().paymentIntents().list(parameters.build()));
            for (var payment : page.getData()) {
                var order = payment.getMetadata().get(ORDER);
                if (order != null) {
                    payments.add(new OrderPayment(payment.getId(), order, PaymentStatus.of(payment.getStatus())));
                }
            }
            hasMore = Boolean.TRUE.equals(page.getHasMore()) && !page.getData().isEmpty();
            if (hasMore) {
                parameters.setStartingAfter(page.getData().getLast().getId());
            }
        }
        return payments;
    }

    public Payment retrieve(String id) {
        var parameters = PaymentIntentRetrieveParams.builder().addExpand(CHARGE).build();
        return payment(orFail(() -> stripe.v1().paymentIntents().retrieve(id, parameters)));
    }

    /** @throws StripeFailure with {@link Reason.Card} when the card is declined */
    public Payment confirm(String id, StripeRequest request) {
        var parameters = PaymentIntentConfirmParams.builder()
                .addExpand(CHARGE)
                // Stripe's script in the browser that waits for the answer performs the bank's authentication
                .setUseStripeSdk(true)
                .build();
        return payment(orFail(() -> stripe.v1().paymentIntents().confirm(id, parameters, request.options("confirm"))));
    }

    /**
     * Cancels a payment, so that it cannot be confirmed any more.
     *
     * @return the payment: canceled, or in a status that cannot be canceled
     * @throws StripeFailure when it can still be paid, or its status is unknown
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
     * Like {@link #cancel}, but a payment that waits for the card's owner is not settled either.
     *
     * @throws StripeFailure when it can still be paid, or its status is unknown
     */
    public Payment canceled(String id, StripeRequest request) {
        var payment = cancel(id, request);
        if (payment.status() == PaymentStatus.REQUIRES_ACTION) {
            throw StripeFailure.undecided();
        }
        return payment;
    }

    private static Payment payment(PaymentIntent intent) {
        var json = StripeJson.fields(intent, "payment_intent");
        var secret = json.optionalText("client_secret");
        var charge = json.node().path(CHARGE);
        return new Payment(
                json.text("id"),
                PaymentStatus.of(json.text("status")),
                json.object("metadata").optionalText(ORDER),
                json.node().path("metadata").path(QUANTITY).asInt(0),
                json.number("amount", 0),
                json.text("currency"),
                secret == null ? null : new Secret(secret),
                charge instanceof ObjectNode object ? published(object).toString() : null,
                json.has("last_payment_error") ? refused(json.object("last_payment_error")) : null);
    }

    /** Without Stripe's assessment of the risk, which would help a thief. */
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

    private static Reason.Card refused(StripeFields error) {
        return new Reason.Card(
                Objects.requireNonNullElse(error.optionalText("code"), "card_declined"),
                error.optionalText("decline_code"),
                Objects.requireNonNullElse(error.optionalText("message"), "The card was refused."));
    }
}
