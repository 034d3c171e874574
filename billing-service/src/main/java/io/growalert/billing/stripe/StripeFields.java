package io.growalert.billing.stripe;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Typed access to the fields of an object of Stripe. Null and missing are the same; a value of another type is a
 * {@link MalformedObject} that names the field.
 *
 * @param path of this object, for error messages
 */
public record StripeFields(JsonNode node, String path) {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern WEB_ADDRESS = Pattern.compile("https?://[^\\s\"\\\\]{1,2000}");

    /** @throws tools.jackson.core.JacksonException when it is not JSON; the message quotes the text */
    public static JsonNode parse(String json) {
        return JSON.readTree(json);
    }

    public String text(String field) {
        return required(optionalText(field), field, "a text");
    }

    @Nullable
    public String optionalText(String field) {
        var value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            throw bad(field, "a text");
        }
        return value.stringValue();
    }

    /** @return null as well when it is not the address of a web page */
    @Nullable
    public String webAddress(String field) {
        var address = node.path(field).asString("");
        return WEB_ADDRESS.matcher(address).matches() ? address : null;
    }

    /** The id of another object, which may be expanded. */
    @Nullable
    public String optionalId(String field) {
        var value = value(field);
        if (value == null) {
            return null;
        }
        if (value.isObject()) {
            return object(field).text("id");
        }
        if (!value.isString()) {
            throw bad(field, "an id");
        }
        return value.stringValue();
    }

    public String id(String field) {
        return required(optionalId(field), field, "an id");
    }

    public long number(String field) {
        return required(optionalNumber(field), field, "a whole number");
    }

    public long number(String field, long otherwise) {
        var number = optionalNumber(field);
        return number == null ? otherwise : number;
    }

    public @Nullable Long optionalNumber(String field) {
        var value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw bad(field, "a whole number of 64 bits");
        }
        return value.longValue();
    }

    /** A number that Stripe stores as a text, as in metadata. */
    public long numberInText(String field) {
        var text = text(field);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw bad(field, "a whole number");
        }
    }

    /** False when it is missing. */
    public boolean flag(String field) {
        var value = value(field);
        if (value == null) {
            return false;
        }
        if (!value.isBoolean()) {
            throw bad(field, "true or false");
        }
        return value.booleanValue();
    }

    public Instant time(String field) {
        return required(optionalTime(field), field, "a time");
    }

    @Nullable
    public Instant optionalTime(String field) {
        var seconds = optionalNumber(field);
        if (seconds == null) {
            return null;
        }
        if (Math.abs(seconds) > MOST_SECONDS) {
            throw bad(field, "seconds since 1970");
        }
        return Instant.ofEpochSecond(seconds);
    }

    /** The end of the year 9999. */
    private static final long MOST_SECONDS = 253_402_300_799L;

    /** An object without fields when it is missing. */
    public StripeFields object(String field) {
        var value = value(field);
        if (value == null) {
            return new StripeFields(MissingNode.getInstance(), name(field));
        }
        if (!value.isObject()) {
            throw bad(field, "an object");
        }
        return new StripeFields(value, name(field));
    }

    /** The {@code data} of a list, which is empty when it is missing. */
    public List<StripeFields> list(String field) {
        var value = object(field).value("data");
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw object(field).bad("data", "a list");
        }
        return value.valueStream()
                .map(element -> new StripeFields(element, name(field)))
                .toList();
    }

    /** The objects of an array, which is empty when it is missing. */
    public List<StripeFields> elements(String field) {
        var value = value(field);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw bad(field, "an array");
        }
        return value.valueStream()
                .map(element -> new StripeFields(element, name(field)))
                .toList();
    }

    public boolean has(String field) {
        return value(field) != null;
    }

    /** Whether another object is expanded, rather than given by its id. */
    public boolean isExpanded(String field) {
        var value = value(field);
        return value != null && value.isObject();
    }

    private @Nullable JsonNode value(String field) {
        var value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    private String name(String field) {
        return path + "." + field;
    }

    private <T> T required(@Nullable T value, String field, String expected) {
        if (value == null) {
            throw bad(field, expected);
        }
        return value;
    }

    private MalformedObject bad(String field, String expected) {
        return new MalformedObject(name(field), expected);
    }
}
