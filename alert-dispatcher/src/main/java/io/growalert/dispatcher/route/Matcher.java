package io.growalert.dispatcher.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A condition on one label, such as {@code site=north} or {@code room=~north-.*}. A label that is absent has the empty value. A
 * pattern matches the whole value, in linear time (RE2 syntax). The text form is that of Alertmanager's matchers, without quotes.
 */
public final class Matcher implements Predicate<Map<String, String>> {
    private static final java.util.regex.Pattern TEXT = java.util.regex.Pattern.compile(
            "\\s*([a-zA-Z_][a-zA-Z0-9_.-]{0,127})\\s*(=~|!~|!=|=)\\s*(.*?)\\s*", java.util.regex.Pattern.DOTALL);
    private static final int MAX_VALUE = 1_000;

    private final String label;
    private final Operator operator;
    private final String value;
    private final Predicate<String> condition;

    enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        MATCHES("=~"),
        NOT_MATCHES("!~");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        static Operator of(String text) {
            for (var operator : values()) {
                if (operator.text.equals(text)) {
                    return operator;
                }
            }
            throw new IllegalArgumentException(text);
        }
    }

    private Matcher(String label, Operator operator, String value) {
        this.label = label;
        this.operator = operator;
        this.value = value;
        condition = switch (operator) {
            case EQUAL -> value::equals;
            case NOT_EQUAL -> Predicate.not(value::equals);
            case MATCHES -> matches(value);
            case NOT_MATCHES -> Predicate.not(matches(value));
        };
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException the text is no matcher; the message says what was expected
     */
    public static Matcher of(String text) {
        var parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "'%s': expected a label, one of = != =~ !~, and a value, such as site=north".formatted(text));
        }
        var value = parts.group(3);
        if (value.length() > MAX_VALUE) {
            throw new IllegalArgumentException(
                    "the value of the label '%s' has more than %d characters".formatted(parts.group(1), MAX_VALUE));
        }
        return new Matcher(parts.group(1), Operator.of(parts.group(2)), value);
    }

    private static Predicate<String> matches(String pattern) {
        try {
            return Pattern.compile(pattern, Pattern.DOTALL)::matches;
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'%s' is no pattern of RE2: %s".formatted(pattern, e.getDescription()), e);
        }
    }

    public String label() {
        return label;
    }

    @Override
    public boolean test(Map<String, String> labels) {
        return condition.test(labels.getOrDefault(label, ""));
    }

    /** The text form. */
    @Override
    public String toString() {
        return label + operator.text + value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Matcher matcher
                && label.equals(matcher.label)
                && operator == matcher.operator
                && value.equals(matcher.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(label, operator, value);
    }
}
