package io.growalert.evaluation.match;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Patterns of <a href="https://github.com/google/re2/wiki/Syntax">RE2</a> that match in linear time and need a bounded amount of
 * memory: RE2 copies what is repeated, once per repetition, so that few characters can need gigabytes.
 */
public final class BoundedPattern {
    /** Of a character each. */
    private static final int MAX_COPIES = 20_000;

    private static final java.util.regex.Pattern REPETITION = java.util.regex.Pattern.compile("\\{(?:\\d*,)?(\\d+),?}");

    private BoundedPattern() {}

    /**
     * A pattern in which a dot matches line ends, too.
     *
     * @throws IllegalArgumentException the text is no pattern, or its length times all its repetition counts exceeds 20,000
     */
    public static Pattern compile(String text) {
        if (copies(text) > MAX_COPIES) {
            throw new IllegalArgumentException(
                    "'%s': the length of a pattern, times all its repetition counts, must be at most %d"
                            .formatted(text, MAX_COPIES));
        }
        try {
            return Pattern.compile(text, Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'%s' is no pattern of RE2: %s".formatted(text, e.getDescription()), e);
        }
    }

    /** An upper bound, as if all repetitions were nested. */
    private static double copies(String text) {
        double copies = text.length();
        var repetitions = REPETITION.matcher(text);
        while (repetitions.find()) {
            copies *= Math.max(1, Double.parseDouble(repetitions.group(1)));
        }
        return copies;
    }
}
