package io.growalert.billing.customer.api;

import io.growalert.billing.shipping.ShippingAddress;
import io.growalert.events.StorableText;
import io.growalert.runtime.http.CommonProblem;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The field {@code shipping} of a request. */
final class ShippingFields {
    private static final String FIELD = "shipping";
    private static final int MAX_TEXT = 200;
    private static final int MAX_SHORT = 40;
    private static final Set<String> COUNTRIES = Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2);
    /** Those without postal codes, by the Universal Postal Union. */
    private static final Set<String> WITHOUT_CODES = Set.of(
            "AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BQ", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CK", "CM",
            "CW", "DJ", "DM", "ER", "FJ", "GA", "GD", "GH", "GM", "GQ", "GY", "HK", "JM", "KI", "KM", "KN", "KP", "LC",
            "ML", "MO", "MR", "MW", "NR", "NU", "QA", "RW", "SB", "SC", "SL", "SR", "SS", "ST", "SX", "SY", "TD", "TG",
            "TK", "TL", "TO", "TV", "UG", "VU", "YE", "ZW");

    private ShippingFields() {}

    /** Null when the request has none. */
    static @Nullable ShippingAddress optional(JsonBody body) {
        var fields = body.optionalObject(FIELD);
        return fields == null ? null : address(fields);
    }

    static ShippingAddress required(JsonBody body) {
        var address = optional(body);
        if (address == null) {
            throw CommonProblem.INVALID_FIELD.in(FIELD, "shipping: expected an address");
        }
        return address;
    }

    private static ShippingAddress address(JsonBody fields) {
        var name = line(fields, "name", MAX_TEXT);
        var line1 = line(fields, "line1", MAX_TEXT);
        var city = line(fields, "city", MAX_TEXT);
        var country = country(fields);
        return new ShippingAddress(
                name,
                line1,
                optionalLine(fields, "line2", MAX_TEXT),
                city,
                WITHOUT_CODES.contains(country)
                        ? optionalLine(fields, "postalCode", MAX_SHORT)
                        : line(fields, "postalCode", MAX_SHORT),
                optionalLine(fields, "state", MAX_TEXT),
                country,
                optionalLine(fields, "phone", MAX_SHORT));
    }

    private static String country(JsonBody fields) {
        var given = line(fields, "country", MAX_SHORT);
        var country = given.toUpperCase(Locale.ROOT);
        if (!given.matches("[A-Za-z]{2}") || !COUNTRIES.contains(country)) {
            throw fields.invalid("country", "two letters of ISO 3166-1, such as DE");
        }
        return country;
    }

    private static String line(JsonBody fields, String field, int maxLength) {
        return checked(fields, field, fields.text(field, maxLength));
    }

    /** An empty text, as a form sends it, is none. */
    private static @Nullable String optionalLine(JsonBody fields, String field, int maxLength) {
        if (fields.isBlank(field)) {
            return null;
        }
        var text = fields.optionalText(field, maxLength);
        return text == null ? null : checked(fields, field, text);
    }

    /** A label is printed from it. */
    private static String checked(JsonBody fields, String field, String text) {
        if (!StorableText.is(text) || text.chars().anyMatch(Character::isISOControl)) {
            throw fields.invalid(field, "one line of text");
        }
        return text.strip();
    }
}
