package io.growalert.events;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Validation of the records' fields, whether they come from a program or from a topic. */
final class Contract {
    private Contract() {}

    static <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return value;
    }

    static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    static void require(boolean holds, String rule, @Nullable Object actual) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", not " + actual);
        }
    }

    static <V> Map<String, V> frozen(@Nullable Map<String, V> map, String field) {
        try {
            return Map.copyOf(required(map, field));
        } catch (NullPointerException e) {
            throw new IllegalArgumentException(field + " must not hold null", e);
        }
    }

    static <T> List<T> frozen(@Nullable List<T> list, String field) {
        try {
            return List.copyOf(required(list, field));
        } catch (NullPointerException e) {
            throw new IllegalArgumentException(field + " must not hold null", e);
        }
    }
}
