package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Settled;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of an attempt as it is recorded.
 *
 * @param state a state of a delivery, or {@link #REFUSED}
 * @param delay until the next attempt, if there is one
 * @param settled the settled addresses as JSON; null leaves those of earlier attempts
 */
record Verdict(
        Deliveries.Claim claim,
        String state,
        String detail,
        Duration delay,
        Duration timeToLive,
        @Nullable String settled) {
    /** Retried for 10 minutes from the first refusal, then parked. */
    static final String REFUSED = "refused";

    /** A receiver may not delay its alert's later events for longer with {@code Retry-After}. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(10);

    private static final int MAX_DETAIL = 1_000;

    static Verdict of(Deliveries.Claim claim, Outcome outcome, Duration timeToLive, Backoff backoff) {
        return switch (outcome) {
            case Outcome.Delivered(var detail) ->
                new Verdict(claim, "delivered", cut(detail), Duration.ZERO, timeToLive, null);
            case Outcome.Retry(var reason, var after, var settled) ->
                new Verdict(
                        claim,
                        "pending",
                        cut(reason),
                        delay(after, claim, backoff),
                        timeToLive,
                        settled.map(Settled::json).orElse(null));
            case Outcome.Refused(var reason, var after) ->
                new Verdict(claim, REFUSED, cut(reason), delay(after, claim, backoff), timeToLive, null);
            case Outcome.Rejected(var reason) ->
                new Verdict(claim, "parked", cut(reason), Duration.ZERO, timeToLive, null);
        };
    }

    /** A receiver may ask for a longer delay than the backoff, up to a limit, and not for a shorter one. */
    private static Duration delay(Optional<Duration> after, Deliveries.Claim claim, Backoff backoff) {
        var asked = after.orElse(Duration.ZERO);
        var limited = asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
        var own = backoff.afterAttempt(claim.attempt());
        return limited.compareTo(own) > 0 ? limited : own;
    }

    /** What the database accepts: a limited length, and no NUL. */
    private static String cut(String text) {
        var clean = text.replace('\0', ' ');
        return clean.length() <= MAX_DETAIL ? clean : clean.substring(0, MAX_DETAIL);
    }
}
