package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What happens to a payment intent: money moves at most once for each. */
public final class Payments {
    public static final String KIND = "payment_intent";

    private static final Set<String> OPEN =
            Set.of("requires_payment_method", "requires_confirmation", "requires_action");
    private static final String UNAUTHENTICATED =
            "We are unable to authenticate your payment method. Please choose a different payment method and try again.";

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final ChargeResource charges;
    private final PaymentMethodResource methods;
    private final List<Consumer<ObjectNode>> outcomes = new ArrayList<>();
    private final DueDebits debits;

    public Payments(
            Store store, EventLog events, ObjectClock time, ChargeResource charges, PaymentMethodResource methods) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.charges = charges;
        this.methods = methods;
        debits = new DueDebits(store, time);
    }

    /** Registers a listener for each attempt and each cancellation of an intent. */
    public void onOutcome(Consumer<ObjectNode> outcome) {
        outcomes.add(outcome);
    }

    /** A new intent that is not stored yet. */
    public ObjectNode draft(ChargeResource.Money money, @Nullable String customer) {
        var intent = Templates.of(KIND, ObjectIds.next("pi"), time.ofCustomer(customer));
        intent.put("client_secret", ObjectIds.clientSecret(JsonNodes.id(intent)));
        intent.put("amount", money.amount()).put("currency", money.currency());
        intent.put("customer", customer);
        return intent;
    }

    public static boolean isOpen(ObjectNode intent) {
        return OPEN.contains(JsonNodes.textOf(intent, "status"));
    }

    /**
     * Attempts the payment.
     *
     * @return why it failed; null when it is paid or requires the holder's action
     * @throws ApiError when the intent can no longer be paid
     */
    @Nullable
    public ApiError confirm(ObjectNode intent, ObjectNode method, Confirmation how) {
        PaymentChecks.checkConfirmable(intent);
        BankDebits.checkAllowed(intent, method);
        intent.put("payment_method", JsonNodes.id(method));
        var card = PaymentMethodResource.card(method);
        if (card.decline() == null && how.mustAuthenticate(card, method)) {
            if (how.decline()) {
                return fail(intent, method, TestCard.AUTHENTICATION_REQUIRED);
            }
            intent.put("status", "requires_action");
            intent.set("next_action", how.nextAction(intent, card));
            store.save(intent);
            events.emit("payment_intent.requires_action", intent, null);
            notifyListeners(intent);
            return null;
        }
        return card.decline() == null ? pass(intent, method) : fail(intent, method, card.decline());
    }

    /** The card's holder authenticated the payment, or did not. */
    void authenticate(ObjectNode intent, boolean success) {
        if (!"requires_action".equals(JsonNodes.text(intent, "status"))) {
            throw PaymentChecks.unexpected(
                    intent,
                    "This PaymentIntent has a status of %s and waits for no authentication."
                            .formatted(JsonNodes.textOf(intent, "status")));
        }
        var method = methods.named(JsonNodes.textOf(intent, "payment_method"), "payment_method");
        if (success) {
            if (!JsonNodes.isNull(intent, "setup_future_usage")) {
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
        if (!"processing".equals(JsonNodes.text(intent, "status"))) {
            throw PaymentChecks.unexpected(
                    intent,
                    "This PaymentIntent has a status of %s and is not processing."
                            .formatted(JsonNodes.textOf(intent, "status")));
        }
        var method = methods.named(JsonNodes.textOf(intent, "payment_method"), "payment_method");
        debits.remove(intent);
        if (success) {
            succeed(intent, method);
        } else {
            fail(intent, method, BankDebits.isDebit(method) ? TestIban.FAILED : TestCard.GENERIC);
        }
    }

    /** Settles the debits of bank accounts that are due by now. */
    public void settleDue() {
        for (var intent : debits.dueNow()) {
            var method = methods.named(JsonNodes.textOf(intent, "payment_method"), "payment_method");
            settle(intent, BankDebits.iban(method).pays());
        }
    }

    /**
     * @throws ApiError when it is paid or canceled already
     */
    public void cancel(ObjectNode intent, @Nullable String reason) {
        if (!isOpen(intent)) {
            throw PaymentChecks.unexpected(
                    intent,
                    "You cannot cancel this PaymentIntent because it has a status of %s. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing."
                            .formatted(JsonNodes.textOf(intent, "status")));
        }
        intent.put("status", "canceled");
        intent.put("canceled_at", time.of(intent));
        intent.put("cancellation_reason", reason);
        intent.putNull("next_action");
        store.save(intent);
        events.emit("payment_intent.canceled", intent, null);
        notifyListeners(intent);
    }

    private @Nullable ApiError pass(ObjectNode intent, ObjectNode method) {
        return switch (PaymentMethodResource.card(method).after()) {
            case DONE, DISPUTED -> succeed(intent, method);
            case SLOW -> delay(intent, method);
            case DEBITED -> debit(intent, method);
        };
    }

    private @Nullable ApiError process(ObjectNode intent) {
        intent.put("status", "processing");
        intent.putNull("next_action").putNull("last_payment_error");
        store.save(intent);
        events.emit("payment_intent.processing", intent, null);
        return null;
    }

    /** The method belongs to the customer as soon as the payment is confirmed. */
    private @Nullable ApiError delay(ObjectNode intent, ObjectNode method) {
        keep(intent, method);
        return process(intent);
    }

    private @Nullable ApiError debit(ObjectNode intent, ObjectNode method) {
        keep(intent, method);
        intent.put("latest_charge", JsonNodes.id(charge(intent, method, null)));
        debits.add(intent, BankDebits.iban(method).after());
        process(intent);
        notifyListeners(intent);
        return null;
    }

    /** Attaches what pays to the customer if it is to pay later as well. */
    private void keep(ObjectNode intent, ObjectNode method) {
        if (!JsonNodes.isNull(intent, "setup_future_usage") && !JsonNodes.isNull(intent, "customer")) {
            methods.attach(method, store.get("customer", JsonNodes.textOf(intent, "customer")));
        } else {
            methods.markUsed(method);
        }
    }

    /** The charge of a debit that is settled now; null for a card. */
    private @Nullable ObjectNode finished(ObjectNode intent, ObjectNode method, TestCard.@Nullable Decline decline) {
        if (!BankDebits.isDebit(method)) {
            return null;
        }
        var charge = store.get("charge", JsonNodes.textOf(intent, "latest_charge"));
        charges.finish(charge, decline);
        return charge;
    }

    private @Nullable ApiError succeed(ObjectNode intent, ObjectNode method) {
        var debited = finished(intent, method, null);
        if (!"processing".equals(JsonNodes.text(intent, "status"))) {
            keep(intent, method);
        }
        var charge = debited == null ? charge(intent, method, null) : debited;
        intent.put("status", "succeeded");
        intent.put("amount_received", JsonNodes.number(intent, "amount"));
        intent.put("latest_charge", JsonNodes.id(charge));
        intent.putNull("next_action").putNull("last_payment_error");
        store.save(intent);
        events.emit("payment_intent.succeeded", intent, null);
        charges.settle(charge);
        notifyListeners(intent);
        return null;
    }

    private ApiError fail(ObjectNode intent, ObjectNode method, TestCard.Decline decline) {
        var debited = finished(intent, method, decline);
        var charge = debited == null ? charge(intent, method, decline) : debited;
        intent.put("latest_charge", JsonNodes.id(charge));
        var error = decline.error().with("charge", JsonNodes.id(charge)).with(kind(method), method);
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
        notifyListeners(intent);
    }

    private ObjectNode charge(ObjectNode intent, ObjectNode method, TestCard.@Nullable Decline decline) {
        var charge = Templates.of("charge", ObjectIds.next("ch"), time.of(intent));
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
        charge.put("payment_intent", JsonNodes.id(intent));
        var money = new ChargeResource.Money(JsonNodes.number(intent, "amount"), JsonNodes.textOf(intent, "currency"));
        return charges.take(charge, money, method, decline);
    }

    /** The field name of the payment method in errors. */
    private static String kind(ObjectNode method) {
        return "card".equals(JsonNodes.text(method, "object")) ? "source" : "payment_method";
    }

    private void notifyListeners(ObjectNode intent) {
        outcomes.forEach(outcome -> outcome.accept(intent));
    }
}
