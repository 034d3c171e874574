package io.growalert.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What happens to a payment intent: money moves at most once for each. */
final class Payments {
    static final String KIND = "payment_intent";

    private static final Set<String> OPEN =
            Set.of("requires_payment_method", "requires_confirmation", "requires_action");
    private static final String UNAUTHENTICATED =
            "We are unable to authenticate your payment method. Please choose a different payment method and try again.";

    private final Store store;
    private final Events events;
    private final Time time;
    private final Charges charges;
    private final PaymentMethods methods;
    private final List<Consumer<ObjectNode>> outcomes = new ArrayList<>();

    Payments(Store store, Events events, Time time, Charges charges, PaymentMethods methods) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.charges = charges;
        this.methods = methods;
    }

    /**
     * How a payment is confirmed.
     *
     * @param offSession its holder is not there; a card that was set up for that need not ask
     * @param decline a card that wants its holder is declined, instead of waiting for the holder
     * @param inPage the page asks the holder, unless the bank wants to do it on its own
     * @param returnUrl where a redirect leads back to
     */
    record How(
            boolean offSession,
            boolean decline,
            boolean inPage,
            @Nullable String returnUrl) {
        /** An invoice's payment: when the holder is needed, it waits. */
        static final How OF_INVOICE = inPage(true);

        static How inPage(boolean offSession) {
            return new How(offSession, false, true, null);
        }

        private @Nullable String redirect(TestCard card) {
            return inPage && card.authentication() != TestCard.Authentication.ELSEWHERE ? null : returnUrl;
        }
    }

    /** Each time an intent has been tried, or was canceled, this is told. */
    void onOutcome(Consumer<ObjectNode> outcome) {
        outcomes.add(outcome);
    }

    /** A new intent that is not yet kept. */
    ObjectNode draft(Charges.Money money, @Nullable String customer) {
        var intent = Templates.of(KIND, Ids.next("pi"), time.ofCustomer(customer));
        intent.put("client_secret", Ids.clientSecret(Json.id(intent)));
        intent.put("amount", money.amount()).put("currency", money.currency());
        intent.put("customer", customer);
        return intent;
    }

    static boolean isOpen(ObjectNode intent) {
        return OPEN.contains(Json.textOf(intent, "status"));
    }

    /**
     * Tries to pay.
     *
     * @return why not; null when it is paid or the card's holder is to act
     * @throws ApiError when the intent is past being paid
     */
    @Nullable
    ApiError confirm(ObjectNode intent, ObjectNode method, How how) {
        checkConfirmable(intent);
        intent.put("payment_method", Json.id(method));
        var card = PaymentMethods.card(method);
        if (card.decline() == null && mustAuthenticate(card, method, how)) {
            if (how.decline) {
                return fail(intent, method, TestCard.AUTHENTICATION_REQUIRED);
            }
            intent.put("status", "requires_action");
            intent.set("next_action", nextAction(intent, card, how.redirect(card)));
            store.save(intent);
            events.emit("payment_intent.requires_action", intent, null);
            tell(intent);
            return null;
        }
        return card.decline() == null ? pass(intent, method) : fail(intent, method, card.decline());
    }

    /** The card's holder agreed, or did not. */
    void authenticate(ObjectNode intent, boolean success) {
        if (!"requires_action".equals(Json.text(intent, "status"))) {
            throw unexpected(
                    intent,
                    "This PaymentIntent has a status of %s and waits for no authentication."
                            .formatted(Json.textOf(intent, "status")));
        }
        var method = methods.named(Json.textOf(intent, "payment_method"), "payment_method");
        if (success) {
            if (!Json.isNull(intent, "setup_future_usage")) {
                methods.markSetUp(method);
            }
            pass(intent, method);
            return;
        }
        var error = ApiError.invalid("payment_intent_authentication_failure", UNAUTHENTICATED)
                .with(kind(method), method)
                .error();
        back(intent, error);
    }

    /**
     * The bank of a slow card paid, or did not.
     *
     * @throws ApiError when it is not processing
     */
    void settle(ObjectNode intent, boolean success) {
        if (!"processing".equals(Json.text(intent, "status"))) {
            throw unexpected(
                    intent,
                    "This PaymentIntent has a status of %s and is not processing."
                            .formatted(Json.textOf(intent, "status")));
        }
        var method = methods.named(Json.textOf(intent, "payment_method"), "payment_method");
        if (success) {
            succeed(intent, method);
        } else {
            fail(intent, method, TestCard.GENERIC);
        }
    }

    /**
     * @throws ApiError when it is paid or canceled already
     */
    void cancel(ObjectNode intent, @Nullable String reason) {
        if (!isOpen(intent)) {
            throw unexpected(
                    intent,
                    "You cannot cancel this PaymentIntent because it has a status of %s. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing."
                            .formatted(Json.textOf(intent, "status")));
        }
        intent.put("status", "canceled");
        intent.put("canceled_at", time.of(intent));
        intent.put("cancellation_reason", reason);
        intent.putNull("next_action");
        store.save(intent);
        events.emit("payment_intent.canceled", intent, null);
        tell(intent);
    }

    private @Nullable ApiError pass(ObjectNode intent, ObjectNode method) {
        if (PaymentMethods.card(method).after() != TestCard.After.SLOW) {
            return succeed(intent, method);
        }
        intent.put("status", "processing");
        intent.putNull("next_action").putNull("last_payment_error");
        store.save(intent);
        events.emit("payment_intent.processing", intent, null);
        return null;
    }

    private @Nullable ApiError succeed(ObjectNode intent, ObjectNode method) {
        if (!Json.isNull(intent, "setup_future_usage") && !Json.isNull(intent, "customer")) {
            var customer = store.get("customer", Json.textOf(intent, "customer"));
            methods.attach(method, customer);
        } else {
            methods.markUsed(method);
        }
        var charge = charge(intent, method, null);
        intent.put("status", "succeeded");
        intent.put("amount_received", Json.number(intent, "amount"));
        intent.put("latest_charge", Json.id(charge));
        intent.putNull("next_action").putNull("last_payment_error");
        store.save(intent);
        events.emit("payment_intent.succeeded", intent, null);
        charges.settle(charge);
        tell(intent);
        return null;
    }

    private ApiError fail(ObjectNode intent, ObjectNode method, TestCard.Decline decline) {
        var charge = charge(intent, method, decline);
        intent.put("latest_charge", Json.id(charge));
        var error = decline.error().with("charge", Json.id(charge)).with(kind(method), method);
        back(intent, error.error());
        return error.with("payment_intent", intent);
    }

    /** The intent waits for another payment method. */
    private void back(ObjectNode intent, ObjectNode error) {
        intent.set("last_payment_error", error);
        intent.put("status", "requires_payment_method");
        intent.putNull("payment_method").putNull("next_action");
        store.save(intent);
        events.emit("payment_intent.payment_failed", intent, null);
        tell(intent);
    }

    private ObjectNode charge(ObjectNode intent, ObjectNode method, TestCard.@Nullable Decline decline) {
        var charge = Templates.of("charge", Ids.next("ch"), time.of(intent));
        for (var field : List.of(
                "customer",
                "description",
                "receipt_email",
                "metadata",
                "shipping",
                "statement_descriptor",
                "statement_descriptor_suffix")) {
            charge.set(field, intent.path(field).deepCopy());
        }
        charge.put("payment_intent", Json.id(intent));
        var money = new Charges.Money(Json.number(intent, "amount"), Json.textOf(intent, "currency"));
        return charges.take(charge, money, method, decline);
    }

    /** Under which name an error shows what was to pay. */
    private static String kind(ObjectNode method) {
        return "card".equals(Json.text(method, "object")) ? "source" : "payment_method";
    }

    private void tell(ObjectNode intent) {
        outcomes.forEach(outcome -> outcome.accept(intent));
    }

    static boolean mustAuthenticate(TestCard card, ObjectNode method, How how) {
        return switch (card.authentication()) {
            case NEVER -> false;
            case UNTIL_SET_UP -> !(PaymentMethods.setUp(method) && how.offSession);
            case ALWAYS, ELSEWHERE -> true;
        };
    }

    /** @param returnUrl null when the page asks the holder */
    static ObjectNode nextAction(ObjectNode intent, TestCard card, @Nullable String returnUrl) {
        var action = Json.object();
        if (returnUrl == null) {
            action.put("type", "use_stripe_sdk");
            var sdk = action.putObject("use_stripe_sdk");
            sdk.put("type", "three_d_secure_redirect");
            sdk.put("source", Ids.next("src"));
            return action;
        }
        var redirect = action.putObject("redirect_to_url");
        redirect.put("return_url", returnUrl);
        redirect.put(
                "url",
                card.authentication() == TestCard.Authentication.ELSEWHERE
                        ? Bank.pageOf(intent)
                        : "https://hooks.stripe.com/3d_secure_2/hosted?source=" + Ids.next("src"));
        action.put("type", "redirect_to_url");
        return action;
    }

    /**
     * @throws ApiError when it is paid or canceled already
     */
    static void checkConfirmable(ObjectNode intent) {
        switch (Json.textOf(intent, "status")) {
            case "succeeded" ->
                throw unexpected(
                        intent,
                        "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.");
            case "processing" ->
                throw unexpected(
                        intent,
                        "You cannot confirm this PaymentIntent because it has a status of processing. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.");
            case "canceled" ->
                throw unexpected(
                        intent,
                        "You cannot confirm this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.");
            default -> {}
        }
    }

    /** The customer's payment method for the customer's payment, and nobody else's. */
    static void checkOwner(ObjectNode intent, ObjectNode method) {
        var owner = Json.text(method, "customer");
        var payer = Json.text(intent, "customer");
        if (owner != null && payer == null) {
            throw ApiError.invalid(
                            "The payment method supplied (%s) belongs to a Customer. Please include the Customer in the `customer` parameter on the PaymentIntent."
                                    .formatted(Json.id(method)))
                    .param("payment_method");
        }
        if (owner != null && !owner.equals(payer)) {
            throw ApiError.invalid(
                            "resource_missing",
                            "The customer does not have a payment method with the ID %s. The payment method must be attached to the customer."
                                    .formatted(Json.id(method)))
                    .param("payment_method");
        }
        PaymentMethods.checkUnused(method);
    }

    static ApiError noMethod(ObjectNode intent) {
        return unexpected(
                intent,
                "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.");
    }

    static ApiError unexpected(ObjectNode intent, String message) {
        return ApiError.invalid("payment_intent_unexpected_state", message).with("payment_intent", intent);
    }
}
