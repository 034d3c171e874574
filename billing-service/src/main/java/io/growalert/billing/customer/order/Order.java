package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.shipping.ShippingAddress;
import org.jspecify.annotations.Nullable;

/**
 * An order of devices.
 *
 * @param token {@code tok_...} or {@code pm_...}
 * @param expected the total that the customer was shown, in the currency's smallest unit; null: not known
 * @param shipping where the devices are shipped to; null: not known yet. No part of the key: the latest one counts
 */
public record Order(
        RequestKey key,
        String token,
        int quantity,
        @Nullable Integer expected,
        @Nullable ShippingAddress shipping) {
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
