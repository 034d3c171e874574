package io.growalert.dispatcher.template;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** The HTTP header {@code Retry-After}, RFC 9110 section 10.2.3: seconds, or a date. */
public final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("[0-9]+");
    private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=.)");

    private RetryAfter() {}

    /** How long to wait from {@code now}, never negative; empty when the text is neither form. */
    public static Optional<Duration> parse(String text, Instant now) {
        var value = text.strip();
        var seconds = seconds(value);
        if (seconds.isPresent()) {
            return seconds;
        }
        try {
            var at = DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from);
            return Optional.of(at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A number of seconds; the longest is 999,999,999 s. Empty for other texts, also for negative numbers. */
    public static Optional<Duration> seconds(String text) {
        if (!SECONDS.matcher(text).matches()) {
            return Optional.empty();
        }
        var digits = LEADING_ZEROS.matcher(text).replaceFirst("");
        return Optional.of(Duration.ofSeconds(digits.length() > 9 ? 999_999_999 : Long.parseLong(digits)));
    }
}
