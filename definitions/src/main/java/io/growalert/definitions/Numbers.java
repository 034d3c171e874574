package io.growalert.definitions;

import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers in the form of definition files. */
final class Numbers {
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][-+]?\\d+)?");
    private static final Pattern WHOLE = Pattern.compile("[-+]?\\d{1,18}");

    private Numbers() {}

    static Optional<Double> finite(String text) {
        return DECIMAL.matcher(text).matches()
                ? Optional.of(Double.valueOf(text)).filter(Double::isFinite)
                : Optional.empty();
    }

    static Optional<Integer> whole(String text, int min, int max) {
        return WHOLE.matcher(text).matches()
                ? Optional.of(Long.valueOf(text))
                        .filter(number -> number >= min && number <= max)
                        .map(Long::intValue)
                : Optional.empty();
    }
}
