package io.growalert.dispatcher.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Conditions of a statement: only those that apply, so that each statement has a separate plan. */
final class Conditions {
    private final List<String> texts = new ArrayList<>();
    private final Map<String, Object> parameters = new LinkedHashMap<>();

    /** Adds one, unless the value of its parameter is null. */
    Conditions with(String text, String parameter, @Nullable Object value) {
        if (value != null) {
            texts.add(text);
            parameters.put(parameter, value);
        }
        return this;
    }

    Conditions with(String text) {
        texts.add(text);
        return this;
    }

    Conditions parameter(String name, Object value) {
        parameters.put(name, value);
        return this;
    }

    /** The clause {@code where}; empty without a condition. */
    String where() {
        return texts.isEmpty() ? "" : " where " + String.join(" and ", texts);
    }

    Map<String, Object> parameters() {
        return parameters;
    }
}
