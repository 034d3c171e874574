package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.Requests;
import io.growalert.billing.customer.idempotency.Requests.Request;
import io.growalert.billing.customer.idempotency.Requests.State;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.problem.Problem;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripePayments;
import io.growalert.billing.stripe.StripePayments.DeviceOrder;
import io.growalert.billing.stripe.StripePayments.Payment;
import io.growalert.definitions.Secret;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * Bills ordered devices. Money cannot move twice: a payment is made that moves none, its id is kept, and then that one
 * payment is confirmed; after an outcome that is not known it is looked at first.
 */
@Component
public final class OrderPayments {
    private static final Logger LOG = LoggerFactory.getLogger(OrderPayments.class);
    private static final Reason.Card NO_REASON = new Reason.Card("card_declined", null, "The card was refused.");

    private final Requests requests;
    private final StripeWork once;
    private final EarlierOrders earlier;
    private final StripePayments payments;
    private final CustomerSettings.Device device;

    OrderPayments(
            Requests requests,
            StripeWork once,
            EarlierOrders earlier,
            StripePayments payments,
            CustomerSettings settings) {
        this.requests = requests;
        this.once = once;
        this.earlier = earlier;
        this.payments = payments;
        device = settings.device();
    }

    /**
     * @param token {@code tok_...} or {@code pm_...}
     * @param expected the total that the customer was shown, in the smallest unit; null: not known
     */
    public record Order(
            RequestKey ask,
            String token,
            int quantity,
            @Nullable Integer expected) {
        String customer() {
            return ask.customer();
        }

        boolean isToken() {
            return token.startsWith("tok_");
        }

        @Override
        public String toString() {
            return "Order[customer=%s, quantity=%d]".formatted(customer(), quantity);
        }
    }

    public sealed interface Outcome {
        /** @param charge as Stripe sent it */
        record Paid(String payment, String charge) implements Outcome {
            @Override
            public String toString() {
                return "Paid[payment=%s]".formatted(payment);
            }
        }

        /** The card's bank asks its owner first. */
        record ToConfirm(String payment, Secret clientSecret) implements Outcome {}

        /** It takes a while. */
        record Processing(String payment) implements Outcome {}

        /** @param payment null when it did not get that far */
        record Declined(@Nullable String payment, Reason.Card card) implements Outcome {}

        /** Somebody canceled it. */
        record Canceled(String payment) implements Outcome {}

        /** It turned out only now that nobody can pay with the token. */
        record TokenRefused() implements Outcome {}
    }

    /**
     * Charges the order, or says how it fares when it is known already.
     *
     * @param limit asked before a card is tried
     * @throws StripeFailure when it is not known what came of it; the same order can be sent again
     */
    public Outcome charge(Order order, Limit limit) {
        var request = requests.begin(order.ask());
        if (request.state() == State.OPEN) {
            return open(request, order, limit);
        }
        var known = settled(request, outcome(payments.retrieve(request.made())));
        return switch (known) {
            case Outcome.Paid _, Outcome.ToConfirm _, Outcome.Processing _, Outcome.TokenRefused _ -> known;
            case Outcome.Declined _, Outcome.Canceled _ -> {
                if (request.state() == State.DONE && known instanceof Outcome.Declined) {
                    // the bank did not let it pass, after we had answered
                    var _ = limit.allow();
                    requests.end(request, State.FAILED, request.made());
                }
                // a card's token is used up
                yield order.ask().derived() && !order.isToken()
                        ? open(requests.restart(request), order, limit)
                        : request.state() == State.FAILED && known instanceof Outcome.Canceled
                                ? new Outcome.Declined(request.made(), NO_REASON)
                                : known;
            }
        };
    }

    /** How often cards may be refused. */
    public interface Limit {
        /** Counts a try, or refuses it. */
        Tries allow();
    }

    /** A try that is counted, unless it is taken back. */
    public interface Tries {
        void takeBack();
    }

    private Outcome open(Request request, Order order, Limit limit) {
        Tries tries;
        try {
            tries = limit.allow();
        } catch (ErrorResponseException e) {
            forgetUnlessBegun(request);
            throw e;
        }
        Outcome outcome;
        try {
            outcome = once.doing(request, current -> work(current, order));
        } catch (ErrorResponseException e) {
            quietly(tries::takeBack);
            forgetUnlessBegun(request);
            throw e;
        } catch (RuntimeException e) {
            quietly(tries::takeBack);
            throw e;
        }
        if (!(outcome instanceof Outcome.Declined)) {
            quietly(tries::takeBack);
        }
        quietly(() -> end(request, outcome));
        return outcome;
    }

    /** The outcome is answered even when it cannot be stored: the next request fetches it from Stripe. */
    private static void quietly(Runnable note) {
        try {
            note.run();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Could not store the payment's status; it is fetched on the next request");
        }
    }

    private void end(Request request, Outcome outcome) {
        switch (outcome) {
            case Outcome.Paid paid -> requests.end(request, State.DONE, paid.payment());
            case Outcome.ToConfirm toConfirm -> requests.end(request, State.DONE, toConfirm.payment());
            case Outcome.Processing processing -> requests.end(request, State.DONE, processing.payment());
            case Outcome.Canceled canceled -> requests.end(request, State.DONE, canceled.payment());
            case Outcome.Declined declined -> {
                if (declined.payment() == null) {
                    requests.forget(request);
                } else {
                    requests.end(request, State.FAILED, declined.payment());
                }
            }
            case Outcome.TokenRefused _ -> requests.forget(request);
        }
    }

    private void forgetUnlessBegun(Request request) {
        if (request.resumed()) {
            requests.release(request, false);
        } else {
            requests.forget(request);
        }
    }

    private Outcome work(Request request, Order order) {
        var current = request;
        var payment = known(current, order.customer()).orElse(null);
        if (payment == null) {
            checkAmount(order);
            checkOwner(order);
        }
        if (current.object() == null) {
            var paid = earlier.settle(current, order.quantity());
            if (paid.isPresent()) {
                if (payment != null) {
                    payments.cancel(payment.id(), current.atStripe());
                }
                return outcome(paid.get());
            }
        }
        if (payment == null) {
            try {
                payment = create(order, requests.hold(current));
            } catch (StripeFailure e) {
                if (e.reason() instanceof Reason.Card card) {
                    return new Outcome.Declined(null, card);
                }
                throw e;
            }
        }
        current = requests.made(current, payment.id());
        if (payment.status().equals("requires_confirmation")) {
            if (order.expected() != null && order.expected() != payment.amount()) {
                payments.cancel(payment.id(), current.atStripe());
                requests.end(current, State.DONE, payment.id());
                throw amountChanged(order);
            }
            return settled(current, confirm(payment.id(), current));
        }
        return settled(current, outcome(payment));
    }

    private Optional<Payment> known(Request request, String customer) {
        if (request.object() != null) {
            return Optional.of(payments.retrieve(request.object()));
        }
        return request.resumed() ? payments.find(customer, request.atStripe(), request.since()) : Optional.empty();
    }

    /** Before a payment is made; one that was made and not confirmed is checked against its own amount. */
    private void checkAmount(Order order) {
        long amount = device.amount() * order.quantity();
        if (order.expected() != null && order.expected() != amount) {
            throw amountChanged(order);
        }
    }

    private ErrorResponseException amountChanged(Order order) {
        var changed = Problem.AMOUNT_CHANGED.because("the order costs another amount than expected");
        changed.getBody().setProperty("amount", device.amount() * order.quantity());
        changed.getBody().setProperty("currency", device.currency());
        return changed;
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

    private Payment create(Order order, Request request) {
        var id = "ord_" + request.id().toString().replace("-", "");
        var devices = new DeviceOrder(id, order.customer(), order.quantity(), device.amount(), device.currency());
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
        return Problem.TOKEN_REFUSED.in(
                "token", "token: expected a card's token that was not used, or a payment method of this customer");
    }

    private Outcome confirm(String payment, Request request) {
        try {
            return outcome(payments.confirm(payment, request.atStripe()));
        } catch (StripeFailure e) {
            return switch (e.reason()) {
                case Reason.Card card -> new Outcome.Declined(payment, card);
                // somebody else had it confirmed meanwhile
                case Reason.Invalid invalid
                when "payment_intent_unexpected_state".equals(invalid.code()) -> outcome(payments.retrieve(payment));
                case Reason.Invalid invalid when invalid.isAboutToken() -> new Outcome.TokenRefused();
                default -> throw e;
            };
        }
    }

    /** What came to nothing can never be paid later, beside the next try: it is canceled, or it fares better than thought. */
    private Outcome settled(Request request, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Paid _, Outcome.ToConfirm _, Outcome.Processing _, Outcome.Canceled _ -> outcome;
            case Outcome.Declined declined ->
                declined.payment() == null ? declined : dead(declined.payment(), request, declined);
            case Outcome.TokenRefused refused -> dead(request.made(), request, refused);
        };
    }

    private Outcome dead(String payment, Request request, Outcome reason) {
        var current = payments.cancel(payment, request.atStripe());
        return current.status().equals("canceled") ? reason : outcome(current);
    }

    private static Outcome outcome(Payment payment) {
        return switch (payment.status()) {
            case "succeeded", "requires_capture" ->
                new Outcome.Paid(payment.id(), Objects.requireNonNull(payment.charge(), "a charge of " + payment.id()));
            case "requires_action" ->
                new Outcome.ToConfirm(payment.id(), Objects.requireNonNull(payment.clientSecret()));
            case "canceled" ->
                payment.refused() == null
                        ? new Outcome.Canceled(payment.id())
                        : new Outcome.Declined(payment.id(), payment.refused());
            case "requires_payment_method" ->
                new Outcome.Declined(payment.id(), Objects.requireNonNullElse(payment.refused(), NO_REASON));
            default -> new Outcome.Processing(payment.id());
        };
    }
}
