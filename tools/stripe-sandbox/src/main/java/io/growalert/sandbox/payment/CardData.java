package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.Params;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** A card as it was typed in, checked as far as Stripe checks one before it contacts the bank. */
record CardData(TestCard card, long month, long year) {

    static final String KNOWN = "card[number] card[exp_month] card[exp_year] card[cvc] card[name] card[address_zip]";

    /** A ready-made card, good for some years. */
    static CardData readyMade(TestCard card, long now) {
        return new CardData(card, 12, year(now) + 4);
    }

    /**
     * @throws ApiError 402 for a number, date or code that no card has
     */
    static CardData read(Params params, long now) {
        var number = params.require("number").replace(" ", "").replace("-", "");
        if (!number.matches("\\d{12,19}") || !luhn(number)) {
            throw ApiError.card("incorrect_number", null, "Your card number is incorrect.")
                    .param("number");
        }
        var month = params.number("exp_month", 0);
        if (month < 1 || month > 12) {
            throw ApiError.card("invalid_expiry_month", null, "Your card's expiration month is invalid.")
                    .param("exp_month");
        }
        var year = params.number("exp_year", 0);
        if (year < 100) {
            year += 2000;
        }
        var today = Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC);
        if (year * 12 + month < today.getYear() * 12L + today.getMonthValue()) {
            throw ApiError.card("invalid_expiry_year", null, "Your card's expiration year is invalid.")
                    .param("exp_year");
        }
        var cvc = params.text("cvc");
        if (cvc != null && !cvc.matches("\\d{3,4}")) {
            throw ApiError.card("invalid_cvc", null, "Your card's security code is invalid.")
                    .param("cvc");
        }
        return new CardData(TestCard.of(number), month, year);
    }

    /** Writes what is shown of the card into a payment method's, source's or charge's details. */
    void show(ObjectNode details) {
        details.put("brand", card.brand());
        details.put("exp_month", month);
        details.put("exp_year", year);
        details.put("fingerprint", fingerprint());
        details.put("last4", card.last4());
    }

    private String fingerprint() {
        return UUID.nameUUIDFromBytes(card.number().getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "")
                .substring(0, 16);
    }

    private static long year(long now) {
        return Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC).getYear();
    }

    private static boolean luhn(String number) {
        int sum = 0;
        for (int i = 0; i < number.length(); i++) {
            int digit = number.charAt(number.length() - 1 - i) - '0';
            int doubled = digit * 2;
            sum += i % 2 == 0 ? digit : doubled / 10 + doubled % 10;
        }
        return sum % 10 == 0;
    }
}
