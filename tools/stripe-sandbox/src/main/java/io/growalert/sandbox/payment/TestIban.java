package io.growalert.sandbox.payment;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's test IBANs (docs.stripe.com/payments/sepa-debit): what a debit of one does. Any other valid IBAN's debit is
 * {@code processing} until it is settled on request.
 *
 * @param pays whether it succeeds in the end
 * @param after how long it is {@code processing}; null: until it is settled on request
 */
record TestIban(String number, boolean pays, @Nullable Duration after) {
    static final TestCard.Decline FAILED =
            new TestCard.Decline("payment_intent_payment_attempt_failed", "generic_decline", "The payment failed.");

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofMinutes(3);
    private static final Map<String, TestIban> IBANS = Map.of(
            "DE89370400440532013000", new TestIban("DE89370400440532013000", true, SOON),
            "DE08370400440532013003", new TestIban("DE08370400440532013003", true, LATER),
            "DE62370400440532013001", new TestIban("DE62370400440532013001", false, SOON),
            "DE78370400440532013004", new TestIban("DE78370400440532013004", false, LATER));
    private static final Map<String, String> READY_MADE = Map.of(
            "pm_success_de", "DE89370400440532013000",
            "pm_successDelayed_de", "DE08370400440532013003",
            "pm_failed_de", "DE62370400440532013001",
            "pm_failedDelayed_de", "DE78370400440532013004");

    /** The IBAN of a number; null when it is none. */
    static @Nullable TestIban of(String text) {
        var number = text.replace(" ", "").toUpperCase(Locale.ROOT);
        if (!number.matches("[A-Z]{2}\\d{2}[A-Z0-9]{11,30}") || !checked(number)) {
            return null;
        }
        return IBANS.getOrDefault(number, new TestIban(number, true, null));
    }

    /** The IBAN of a ready-made payment method; null when the id is none. */
    static @Nullable TestIban named(String id) {
        var number = READY_MADE.get(id);
        return number == null ? null : of(number);
    }

    String country() {
        return number.substring(0, 2);
    }

    String bankCode() {
        return number.substring(4, 12);
    }

    String last4() {
        return number.substring(number.length() - 4);
    }

    /** ISO 7064, modulo 97. */
    private static boolean checked(String number) {
        var digits = new StringBuilder();
        (number.substring(4) + number.substring(0, 4))
                .chars()
                .forEach(each -> digits.append(Character.digit(each, Character.MAX_RADIX)));
        return new BigInteger(digits.toString()).mod(BigInteger.valueOf(97)).intValue() == 1;
    }
}
