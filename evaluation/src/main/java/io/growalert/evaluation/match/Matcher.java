package io.growalert.evaluation.match;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A condition on one label, such as {@code site=north} or {@code room=~north-.*}. A label that is absent has the empty value. A
 * pattern matches the whole value, in linear time (RE2 syntax). The text form is that of Alertmanager's matchers, without quotes.
 */
public final class Matcher implements Predicate<Map<String, String>> {
    /** What the name of a label matches. */
    public static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_.-]{0,127}";

    private static final java.util.regex.Pattern TEXT = java.util.regex.Pattern.compile(
            "\\s*(" + LABEL + ")\\s*(=~|!~|!=|=)\\s*(.*?)\\s*", java.util.regex.Pattern.DOTALL);
    private static final int MAX_VALUE = 1_000;

    private final String label;
    private final Comparison comparison;
    private final String value;
    private final Predicate<String> condition;

    enum Comparison {
        EQUAL("="),
        NOT_EQUAL("!="),
        MATCHES("=~"),
        NOT_MATCHES("!~");

        private final String text;

        Comparison(String text) {
            this.text = text;
        }

        static Comparison of(String text) {
            for (var comparison : values()) {
                if (comparison.text.equals(text)) {
                    return comparison;
                }
            }
            throw new IllegalArgumentException(text);
        }
    }

    private Matcher(String label, Comparison comparison, String value) {
        this.label = label;
        this.comparison = comparison;
        this.value = value;
        condition = switch (comparison) {
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
        return new Matcher(parts.group(1), Comparison.of(parts.group(2)), value);
    }

    private static Predicate<String> matches(String pattern) {
        try {
            return Pattern.compile(pattern, Pattern.DOTALL)::matches;
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'%s' is no pattern of RE2: %s".formatted(pattern, e.getDescription()), e);
        }
    }

    /**
     * The name of a label that a matcher can have.
     *
     * @throws IllegalArgumentException the text is none
     */
    public static String label(String text) {
        if (!text.matches(LABEL)) {
            throw new IllegalArgumentException("'%s': expected a label, which matches %s".formatted(text, LABEL));
        }
        return text;
    }

    public String label() {
        return label;
    }

    /** The only value that matches; empty for other operators than {@code =}. */
    public Optional<String> onlyValue() {
        return comparison == Comparison.EQUAL ? Optional.of(value) : Optional.empty();
    }

    @Override
    public boolean test(Map<String, String> labels) {
        return condition.test(labels.getOrDefault(label, ""));
    }

    /** The text form. */
    @Override
    public String toString() {
        return label + comparison.text + value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Matcher matcher
                && label.equals(matcher.label)
                && comparison == matcher.comparison
                && value.equals(matcher.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(label, comparison, value);
    }
}
