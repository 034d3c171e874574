package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Settled;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an attempt, ready to be recorded.
 *
 * @param state a state of a delivery, or {@link #REFUSED}
 * @param delay until the next attempt, if there is one
 * @param settled the settled addresses as JSON; null leaves the stored ones unchanged
 * @param captured the captured values as JSON; null when there are none
 * @param attempt how it went; empty when it is not stored
 */
record Verdict(
        Deliveries.Claim claim,
        String state,
        String detail,
        Duration delay,
        Duration timeToLive,
        @Nullable String settled,
        @Nullable String captured,
        Optional<AttemptTable.Row> attempt) {
    Verdict(
            Deliveries.Claim claim,
            String state,
            String detail,
            Duration delay,
            Duration timeToLive,
            @Nullable String settled) {
        this(claim, state, detail, delay, timeToLive, settled, null, Optional.empty());
    }

    Verdict with(AttemptTable.Row row) {
        return new Verdict(claim, state, detail, delay, timeToLive, settled, captured, Optional.of(row));
    }

    /** Retried for 10 minutes from the first refusal, then parked. */
    static final String REFUSED = "refused";

    /** The limit of {@code Retry-After}: a receiver must not delay the later events of an alert for longer. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(10);

    private static final int MAX_DETAIL = 1_000;

    static Verdict of(Deliveries.Claim claim, Outcome outcome, Duration timeToLive, Backoff backoff) {
        return switch (outcome) {
            case Outcome.Delivered(var detail, var captured) ->
                new Verdict(
                        claim,
                        "delivered",
                        cut(detail),
                        Duration.ZERO,
                        timeToLive,
                        null,
                        CapturedValues.json(captured),
                        Optional.empty());
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

    /** The backoff, or the delay that the receiver requested if that is longer, up to a limit. */
    private static Duration delay(Optional<Duration> after, Deliveries.Claim claim, Backoff backoff) {
        var requested = after.orElse(Duration.ZERO);
        var limited = requested.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : requested;
        var own = backoff.afterAttempt(claim.attempt());
        return limited.compareTo(own) > 0 ? limited : own;
    }

    /** Limits the length, and replaces NUL, which PostgreSQL rejects. */
    private static String cut(String text) {
        var clean = text.replace('\0', ' ');
        return clean.length() <= MAX_DETAIL ? clean : clean.substring(0, MAX_DETAIL);
    }
}
