package io.growalert.evaluation.alert;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Durations in reasons, in the form of definition files: {@code 500ms}, {@code 30s}, {@code 1h30m}, {@code 7d}. */
final class DurationWords {
    private DurationWords() {}

    /** The shortest text for this duration; what is below a millisecond is cut off. */
    static String of(Duration duration) {
        var text = Stream.of(
                        part(duration.toDaysPart(), "d"),
                        part(duration.toHoursPart(), "h"),
                        part(duration.toMinutesPart(), "m"),
                        part(duration.toSecondsPart(), "s"),
                        part(duration.toMillisPart(), "ms"))
                .collect(Collectors.joining());
        return text.isEmpty() ? "0s" : text;
    }

    private static String part(long number, String unit) {
        return number == 0 ? "" : number + unit;
    }
}
