package io.growalert.billing.shipping;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The receiver's postal address: personal data.
 *
 * @param name of the receiver
 * @param postalCode null in a country without postal codes
 * @param state or province, where the country has them
 * @param country two upper-case letters of ISO 3166-1
 */
public record ShippingAddress(
        String name,
        String line1,
        @Nullable String line2,
        String city,
        @Nullable String postalCode,
        @Nullable String state,
        String country,
        @Nullable String phone) {
    /** The columns that {@link #read} expects. */
    public static final String COLUMNS = "name, line1, line2, city, postal_code, state, country, phone";

    /** Null when the row has none. */
    public static @Nullable ShippingAddress read(ResultSet row) throws SQLException {
        var name = row.getString("name");
        return name == null
                ? null
                : new ShippingAddress(
                        name,
                        row.getString("line1"),
                        row.getString("line2"),
                        row.getString("city"),
                        row.getString("postal_code"),
                        row.getString("state"),
                        row.getString("country"),
                        row.getString("phone"));
    }

    /** Without personal data. */
    @Override
    public String toString() {
        return "ShippingAddress[country=%s]".formatted(country);
    }
}
