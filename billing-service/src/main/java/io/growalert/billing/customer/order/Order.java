package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.shipping.ShippingAddress;
import org.jspecify.annotations.Nullable;

/**
 * An order of devices.
 *
 * @param token {@code tok_...} or {@code pm_...}
 * @param expected the total that the customer was shown
 * @param shipping where the devices are shipped to; null: not known yet. No part of the key: the latest one counts
 */
public record Order(
        RequestKey key,
        String token,
        int quantity,
        ExpectedTotal expected,
        @Nullable ShippingAddress shipping) {
    /**
     * A total, as far as the client states it.
     *
     * @param amount in the currency's smallest unit; null: any
     * @param currency three lower-case letters; null: any
     */
    public record ExpectedTotal(
            @Nullable Integer amount, @Nullable String currency) {
        boolean is(long otherAmount, String otherCurrency) {
            return (amount == null || amount == otherAmount)
                    && (currency == null || currency.equalsIgnoreCase(otherCurrency));
        }

        /** What a client's key covers too; null: nothing is expected. */
        public @Nullable Object covered() {
            return currency == null ? amount : amount + "\n" + currency;
        }
    }

    String customer() {
        return key.customer();
    }

    /** A payment method can pay again; a card's token is used up. */
    boolean isToken() {
        return token.startsWith("tok_");
    }

    @Override
    public String toString() {
        return "Order[customer=%s, quantity=%d]".formatted(customer(), quantity);
    }
}
