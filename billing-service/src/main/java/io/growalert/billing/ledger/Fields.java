package io.growalert.billing.ledger;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The fields of an object of Stripe's, by their names. Null and missing are the same. What is there but of another type is a
 * {@link BadShape} that names the field.
 *
 * @param path where this object is, as it is named in errors
 */
record Fields(JsonNode node, String path) {
    String text(String field) {
        return required(optionalText(field), field, "a text");
    }

    @Nullable
    String optionalText(String field) {
        var value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            throw bad(field, "a text");
        }
        return value.stringValue();
    }

    /** The id of another object, which may be there in full. */
    @Nullable
    String optionalId(String field) {
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

    String id(String field) {
        return required(optionalId(field), field, "an id");
    }

    long number(String field) {
        return required(optionalNumber(field), field, "a whole number");
    }

    long number(String field, long otherwise) {
        var number = optionalNumber(field);
        return number == null ? otherwise : number;
    }

    @Nullable
    Long optionalNumber(String field) {
        var value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw bad(field, "a whole number of 64 bits");
        }
        return value.longValue();
    }

    /** A number that Stripe holds as a text, as it does with metadata. */
    long numberInText(String field) {
        var text = text(field);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw bad(field, "a whole number");
        }
    }

    /** False when it is missing. */
    boolean flag(String field) {
        var value = value(field);
        if (value == null) {
            return false;
        }
        if (!value.isBoolean()) {
            throw bad(field, "true or false");
        }
        return value.booleanValue();
    }

    Instant time(String field) {
        return required(optionalTime(field), field, "a time");
    }

    @Nullable
    Instant optionalTime(String field) {
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

    /** One without any field when it is missing. */
    Fields object(String field) {
        var value = value(field);
        if (value == null) {
            return new Fields(MissingNode.getInstance(), name(field));
        }
        if (!value.isObject()) {
            throw bad(field, "an object");
        }
        return new Fields(value, name(field));
    }

    /** The {@code data} of a list, which is empty when it is missing. */
    List<Fields> list(String field) {
        var value = object(field).value("data");
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw object(field).bad("data", "a list");
        }
        return value.valueStream()
                .map(element -> new Fields(element, name(field)))
                .toList();
    }

    boolean has(String field) {
        return value(field) != null;
    }

    /** Whether another object is there in full, and not by its id alone. */
    boolean isExpanded(String field) {
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

    private BadShape bad(String field, String expected) {
        return new BadShape(name(field), expected);
    }
}
