package io.growalert.billing.customer.api;

import io.growalert.billing.stripe.StripeFailure.Reason.Card;
import java.util.Set;

/**
 * The reasons of a declined card that a customer is shown. Stripe requires that {@code stolen_card}, {@code fraudulent} and the like
 * appear as a generic decline (docs.stripe.com/declines/codes): only reasons that the owner can act on are shown, and no unknown
 * ones.
 */
final class Declines {
    private static final String DECLINED = "card_declined";
    private static final String GENERIC = "generic_decline";
    private static final String NEUTRAL = "Your card was declined.";

    private static final Set<String> REASONS = Set.of(
            GENERIC,
            "approve_with_id",
            "authentication_not_handled",
            "authentication_required",
            "card_not_supported",
            "card_velocity_exceeded",
            "currency_not_supported",
            "duplicate_transaction",
            "expired_card",
            "incorrect_address",
            "incorrect_cvc",
            "incorrect_number",
            "incorrect_pin",
            "incorrect_zip",
            "insufficient_funds",
            "invalid_account",
            "invalid_cvc",
            "invalid_expiry_month",
            "invalid_expiry_year",
            "invalid_number",
            "invalid_pin",
            "issuer_not_available",
            "mobile_device_authentication_required",
            "offline_pin_required",
            "online_or_offline_pin_required",
            "pin_try_exceeded",
            "processing_error",
            "reenter_transaction",
            "testmode_decline",
            "try_again_later",
            "withdrawal_count_limit_exceeded");

    private static final Set<String> CODES = Set.of(
            DECLINED,
            "authentication_required",
            "card_decline_rate_limit_exceeded",
            "expired_card",
            "incorrect_address",
            "incorrect_cvc",
            "incorrect_number",
            "incorrect_zip",
            "insufficient_funds",
            "invalid_cvc",
            "invalid_expiry_month",
            "invalid_expiry_year",
            "invalid_number",
            "payment_intent_authentication_failure",
            "payment_method_customer_decline",
            "payment_method_provider_decline",
            "payment_method_provider_timeout",
            "processing_error",
            "setup_intent_authentication_failure");

    private Declines() {}

    /** The card's reason, or a generic decline in its place. */
    static Card shown(Card card) {
        var reason = card.declineCode();
        boolean shown = CODES.contains(card.code()) && (reason == null || REASONS.contains(reason));
        return shown ? card : new Card(DECLINED, GENERIC, NEUTRAL);
    }
}
