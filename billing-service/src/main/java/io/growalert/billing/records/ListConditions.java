package io.growalert.billing.records;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The conditions of a list that apply, so that each combination is a statement with a separate plan. */
final class ListConditions {
    private final List<String> texts = new ArrayList<>(List.of("true"));
    private final Map<String, Object> parameters = new HashMap<>();

    ListConditions add(String condition) {
        texts.add(condition);
        return this;
    }

    ListConditions add(String condition, String parameter, Object value) {
        return add(condition).parameter(parameter, value);
    }

    ListConditions parameter(String name, Object value) {
        parameters.put(name, value);
        return this;
    }

    String text() {
        return String.join(" and ", texts);
    }

    Map<String, Object> parameters() {
        return parameters;
    }
}
