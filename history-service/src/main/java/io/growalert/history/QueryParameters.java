package io.growalert.history;

import io.growalert.events.StorableText;
import io.growalert.history.query.BarWindow;
import io.growalert.runtime.http.CommonProblem;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;

/** The parameters of a request; a wrong one is a problem that names it. */
final class QueryParameters {
    private static final int MAX_TEXT = 1_200;
    private static final int MAX_VALUES = 100;
    private static final int MAX_NAME = 100;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
    private static final Duration LONGEST_PERIOD = Duration.ofDays(3_660);
    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,9})s)?");

    /** Decimal only: Java's own form has hexadecimal numbers and suffixes such as {@code 1d}. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d{1,4})?");

    private final MultiValueMap<String, String> parameters;

    /** @param known the names of all parameters of the endpoint; any other one is a problem */
    QueryParameters(MultiValueMap<String, String> parameters, String... known) {
        this.parameters = parameters;
        for (var name : parameters.keySet()) {
            if (!List.of(known).contains(name)) {
                var shown = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
                throw CommonProblem.INVALID_FIELD.in(
                        shown, "%s: unknown parameter; expected one of %s".formatted(shown, String.join(", ", known)));
            }
        }
    }

    static ErrorResponseException invalid(String name, String expected) {
        return CommonProblem.INVALID_FIELD.in(name, "%s: expected %s".formatted(name, expected));
    }

    /** Null when the parameter is absent or empty. */
    @Nullable
    String text(String name) {
        var value = parameters.getFirst(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        return checked(name, value);
    }

    private static String checked(String name, String value) {
        if (value.length() > MAX_TEXT || !StorableText.is(value)) {
            throw invalid(name, "at most %d characters without U+0000".formatted(MAX_TEXT));
        }
        return value;
    }

    List<String> texts(String name) {
        return texts(name, MAX_VALUES);
    }

    List<String> texts(String name, int most) {
        var all = parameters.getOrDefault(name, List.of());
        if (all.size() > most) {
            throw invalid(name, "at most " + most);
        }
        return all.stream().map(value -> checked(name, value)).toList();
    }

    int integer(String name, int otherwise, int least, int most) {
        var value = optionalInteger(name, least, most);
        return value == null ? otherwise : value;
    }

    @Nullable
    Integer optionalInteger(String name, int least, int most) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw invalid(name, "a whole number from %d to %d".formatted(least, most));
    }

    @Nullable
    Double number(String name) {
        var text = text(name);
        return text == null ? null : number(name, text);
    }

    static double number(String name, String text) {
        double value = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        if (Double.isFinite(value)) {
            return value;
        }
        throw invalid(name, "a number, such as 1000");
    }

    @Nullable
    Instant instant(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        try {
            var instant = Instant.parse(text);
            if (!instant.isBefore(Instant.EPOCH) && !instant.isAfter(LATEST)) {
                return instant;
            }
        } catch (DateTimeParseException e) {
            // reported below
        }
        throw invalid(name, "an instant, such as 2026-11-24T07:00:00Z");
    }

    /** Of alternatives one may be there. */
    void requireAtMostOne(String... names) {
        var present = Arrays.stream(names).filter(name -> text(name) != null).toList();
        if (present.size() > 1) {
            throw invalid(present.get(1), "only one of " + String.join(", ", names));
        }
    }

    /** Checks the order of {@code from} and {@code to}, which is now by default. */
    void requirePeriod() {
        var from = instant("from");
        var to = instant("to");
        if (from != null && to != null && !from.isBefore(to)) {
            throw invalid("to", "an instant after from");
        }
        if (from != null && to == null && !from.isBefore(Instant.now())) {
            throw invalid("from", "an instant in the past, or to after it");
        }
        if (from != null
                && Duration.between(from, to == null ? Instant.now() : to).compareTo(LONGEST_PERIOD) > 0) {
            throw invalid("from", "at most ten years before to");
        }
    }

    /** As definition files have it, such as {@code 90s} or {@code 1h30m}, or ISO 8601. */
    @Nullable
    Duration duration(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        var duration = text.startsWith("P") ? iso(text) : parts(text);
        if (duration == null || !duration.isPositive() || duration.compareTo(LONGEST_PERIOD) > 0) {
            throw invalid(name, "a duration, such as 5m");
        }
        return duration;
    }

    private static @Nullable Duration iso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static @Nullable Duration parts(String text) {
        var parts = DURATION.matcher(text);
        return parts.matches()
                ? Duration.ofDays(part(parts.group(1)))
                        .plusHours(part(parts.group(2)))
                        .plusMinutes(part(parts.group(3)))
                        .plusSeconds(part(parts.group(4)))
                : null;
    }

    private static long part(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    BarWindow window() {
        var text = text("window");
        if (text == null) {
            return BarWindow.DAY;
        }
        return BarWindow.of(text).orElseThrow(() -> invalid("window", "24h or 7d"));
    }
}
