package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiError;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's test cards (docs.stripe.com/testing): what a number does when it is charged.
 *
 * @param decline the error of a charge; null for a card that pays
 * @param saved whether it may be attached to a customer although charges are declined
 * @param after what follows a payment that passed
 */
record TestCard(
        String number,
        String brand,
        @Nullable Decline decline,
        boolean saved,
        Authentication authentication,
        After after) {

    /** When the card's bank requires an authentication of the holder. */
    enum Authentication {
        NEVER,
        UNTIL_SET_UP,
        ALWAYS,
        /** Each time, on a page of the bank's own. */
        ELSEWHERE
    }

    /** How a payment continues. */
    enum After {
        DONE,
        DISPUTED,
        /** It is {@code processing} until it is settled on request. */
        SLOW,
        /** A bank account is debited: its charge is {@code pending} for a while. */
        DEBITED
    }

    /** Why a card did not pay. */
    record Decline(String code, @Nullable String declineCode, String message) {
        ApiError error() {
            return ApiError.card(code, declineCode, message);
        }
    }

    static final Decline AUTHENTICATION_REQUIRED = new Decline(
            "authentication_required",
            "authentication_required",
            "Your card was declined. This transaction requires authentication.");
    static final Decline GENERIC = new Decline("card_declined", "generic_decline", "Your card was declined.");
    private static final Decline LIVE = new Decline(
            "card_declined",
            "test_mode_live_card",
            "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.");

    private static final Map<String, TestCard> CARDS = Map.ofEntries(
            paying("4242424242424242", "visa"),
            paying("4000056655665556", "visa"),
            paying("5555555555554444", "mastercard"),
            paying("378282246310005", "amex"),
            declined("4000000000000002", GENERIC),
            declined(
                    "4000000000009995",
                    new Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")),
            declined("4000000000009987", new Decline("card_declined", "lost_card", "Your card was declined.")),
            declined("4000000000009979", new Decline("card_declined", "stolen_card", "Your card was declined.")),
            declined("4000000000000069", new Decline("expired_card", null, "Your card has expired.")),
            declined("4000000000000127", new Decline("incorrect_cvc", null, "Your card's security code is incorrect.")),
            declined(
                    "4000000000000119",
                    new Decline(
                            "processing_error",
                            null,
                            "An error occurred while processing your card. Try again in a little bit.")),
            entry(new TestCard("4000000000000341", "visa", GENERIC, true, Authentication.NEVER, After.DONE)),
            entry(new TestCard("4000002500003155", "visa", null, true, Authentication.UNTIL_SET_UP, After.DONE)),
            entry(new TestCard("4000002760003184", "visa", null, true, Authentication.ALWAYS, After.DONE)),
            entry(new TestCard("4000000000003220", "visa", null, true, Authentication.ALWAYS, After.DONE)),
            entry(new TestCard("4000000000000259", "visa", null, true, Authentication.NEVER, After.DISPUTED)),
            // of the sandbox: no card of Stripe's does this in test mode
            entry(new TestCard("4000000000057770", "visa", null, true, Authentication.NEVER, After.SLOW)),
            entry(new TestCard("4000000000049009", "visa", null, true, Authentication.ELSEWHERE, After.DONE)));

    /** What follows {@code pm_card_} and {@code tok_} in the names of ready-made payment methods and tokens. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("visa", "4242424242424242"),
            Map.entry("visa_debit", "4000056655665556"),
            Map.entry("mastercard", "5555555555554444"),
            Map.entry("amex", "378282246310005"),
            Map.entry("chargeDeclined", "4000000000000002"),
            Map.entry("chargeDeclinedInsufficientFunds", "4000000000009995"),
            Map.entry("chargeDeclinedLostCard", "4000000000009987"),
            Map.entry("chargeDeclinedStolenCard", "4000000000009979"),
            Map.entry("chargeDeclinedExpiredCard", "4000000000000069"),
            Map.entry("chargeDeclinedIncorrectCvc", "4000000000000127"),
            Map.entry("chargeDeclinedProcessingError", "4000000000000119"),
            Map.entry("chargeCustomerFail", "4000000000000341"),
            Map.entry("authenticationRequiredOnSetup", "4000002500003155"),
            Map.entry("authenticationRequired", "4000002760003184"),
            Map.entry("threeDSecure2Required", "4000000000003220"),
            Map.entry("threeDSecureRequired", "4000000000003220"),
            Map.entry("createDispute", "4000000000000259"));

    /** The card of a number, or what an IBAN does; a number that is none of Stripe's is declined as a real one would be. */
    static TestCard of(String number) {
        if (Character.isLetter(number.charAt(0))) {
            return new TestCard(number, BankDebits.TYPE, null, true, Authentication.NEVER, After.DEBITED);
        }
        var card = CARDS.get(number);
        return card == null ? new TestCard(number, "visa", LIVE, false, Authentication.NEVER, After.DONE) : card;
    }

    /**
     * The card of a ready-made payment method or token.
     *
     * @param prefix {@code pm_card_} or {@code tok_}
     * @return null when the id is no such name
     */
    static @Nullable TestCard named(String id, String prefix) {
        if (!id.startsWith(prefix)) {
            return null;
        }
        var name = id.substring(prefix.length());
        var number = NAMES.get(name);
        if (number == null && name.startsWith("visa_")) {
            number = NAMES.get(name.substring("visa_".length()));
        }
        return number == null ? null : of(number);
    }

    String last4() {
        return number.substring(number.length() - 4);
    }

    private static Map.Entry<String, TestCard> paying(String number, String brand) {
        return entry(new TestCard(number, brand, null, true, Authentication.NEVER, After.DONE));
    }

    private static Map.Entry<String, TestCard> declined(String number, Decline decline) {
        return entry(new TestCard(number, "visa", decline, false, Authentication.NEVER, After.DONE));
    }

    private static Map.Entry<String, TestCard> entry(TestCard card) {
        return Map.entry(card.number, card);
    }
}
