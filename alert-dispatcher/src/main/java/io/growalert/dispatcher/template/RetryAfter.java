package io.growalert.dispatcher.template;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The HTTP header {@code Retry-After}, RFC 9110 section 10.2.3: seconds, or a date. */
public final class RetryAfter {
    private RetryAfter() {}

    /** How long to wait from {@code now}, never negative; empty when the text is neither form. */
    public static Optional<Duration> parse(String text, Instant now) {
        var value = text.strip();
        if (value.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            var at = DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from);
            return Optional.of(at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
