package io.growalert.billing.mail;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;

/** Amounts as customers read them. */
final class Money {
    /** Of which Stripe's smallest unit is not a hundredth: https://docs.stripe.com/currencies. */
    private static final Set<String> WHOLE = Set.of(
            "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf");

    private static final Set<String> THOUSANDTHS = Set.of("bhd", "jod", "kwd", "omr", "tnd");

    private Money() {}

    /**
     * Such as {@code 1,190.00 EUR}.
     *
     * @param amount in the currency's smallest unit
     */
    static String format(long amount, String currency) {
        var code = currency.toLowerCase(Locale.ROOT);
        int decimals = WHOLE.contains(code) ? 0 : THOUSANDTHS.contains(code) ? 3 : 2;
        return String.format(
                Locale.ROOT,
                "%,." + decimals + "f %s",
                BigDecimal.valueOf(amount, decimals),
                code.toUpperCase(Locale.ROOT));
    }
}
