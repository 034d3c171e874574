package io.growalert.billing.shipping;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How far an order is fulfilled, the column {@code shipping_state} of {@code billing.orders}. */
public enum ShippingState {
    /** Paid, but the address is unknown. */
    ADDRESS_MISSING,
    /** Paid, to be shipped. */
    OPEN,
    SHIPPED,
    /** Paid before shipments were recorded: operators know whether it was shipped. */
    UNKNOWN,
    /** Refunded in full, shipped before or not. */
    REFUNDED,
    /** The payment was canceled. */
    CANCELED,
    /** Not paid yet. */
    NONE;

    /** Whether the address can still be given or changed. */
    public boolean acceptsAddress() {
        return switch (this) {
            case ADDRESS_MISSING, OPEN, NONE -> true;
            case SHIPPED, UNKNOWN, REFUNDED, CANCELED -> false;
        };
    }

    /** Whether the order can be marked as shipped. An address may be known from elsewhere; a shipment's tracking can be corrected. */
    public boolean isShippable() {
        return switch (this) {
            case ADDRESS_MISSING, OPEN, SHIPPED, UNKNOWN -> true;
            case REFUNDED, CANCELED, NONE -> false;
        };
    }

    /** In lower case. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ShippingState> of(String text) {
        return Arrays.stream(values())
                .filter(state -> state.text().equals(text))
                .findFirst();
    }

    public static List<String> texts() {
        return Arrays.stream(values()).map(ShippingState::text).toList();
    }
}
