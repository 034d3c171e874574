package io.growalert.billing.reconcile;

import io.growalert.definitions.DurationText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameter {@code since} of a request: how far back to look. */
final class Since {
    /** Stripe lists no older events. */
    static final Duration EVENTS_ARE_LISTED = Duration.ofDays(30);

    /** Stripe was founded in this year, so no object is older. */
    private static final Instant FIRST = Instant.parse("2010-01-01T00:00:00Z");

    private Since() {}

    /**
     * An instant such as {@code 2026-11-01T00:00:00Z}, or a duration before now such as {@code 7d} or {@code P7D}; null is as far
     * back as Stripe lists events. Empty when it is none of these, in the future, or before Stripe existed.
     */
    static Optional<Instant> parse(@Nullable String text, Instant now) {
        if (text == null) {
            return Optional.of(now.minus(EVENTS_ARE_LISTED));
        }
        try {
            var since = DurationText.parse(text)
                    .or(() -> text.startsWith("P") ? Optional.of(Duration.parse(text)) : Optional.empty())
                    .map(now::minus)
                    .orElseGet(() -> OffsetDateTime.parse(text).toInstant());
            return since.isAfter(now) || since.isBefore(FIRST) ? Optional.empty() : Optional.of(since);
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** The start of the events that Stripe lists. */
    static Instant ofEvents(Instant since, Instant now) {
        var first = now.minus(EVENTS_ARE_LISTED);
        return since.isBefore(first) ? first : since;
    }
}
