package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.RequestKey;
import org.jspecify.annotations.Nullable;

/**
 * An order of devices.
 *
 * @param token {@code tok_...} or {@code pm_...}
 * @param expected the total that the customer was shown, in the currency's smallest unit; null: not known
 */
public record Order(
        RequestKey key,
        String token,
        int quantity,
        @Nullable Integer expected) {
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
