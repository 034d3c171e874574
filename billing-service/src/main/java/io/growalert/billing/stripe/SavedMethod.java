package io.growalert.billing.stripe;

import org.jspecify.annotations.Nullable;

/**
 * A saved payment method, as far as its owner is shown it.
 *
 * @param type such as {@code card}; the rest is null for others
 */
public record SavedMethod(
        String type,
        @Nullable String brand,
        @Nullable String last4,
        @Nullable Long expMonth,
        @Nullable Long expYear) {
    static SavedMethod of(StripeFields method) {
        var card = method.object("card");
        return new SavedMethod(
                method.text("type"),
                card.optionalText("brand"),
                card.optionalText("last4"),
                card.optionalNumber("exp_month"),
                card.optionalNumber("exp_year"));
    }

    /** Without the digits. */
    @Override
    public String toString() {
        return "SavedMethod[type=%s]".formatted(type);
    }
}
