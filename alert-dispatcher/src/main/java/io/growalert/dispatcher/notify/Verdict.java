package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.handler.Outcome;
import java.time.Duration;

/**
 * What becomes of a delivery after an attempt.
 *
 * @param delay until the next attempt, if there is one
 */
record Verdict(Deliveries.Claim claim, String state, String detail, Duration delay, Duration timeToLive) {
    private static final int MAX_DETAIL = 1_000;

    static Verdict of(Deliveries.Claim claim, Outcome outcome, Duration timeToLive, Backoff backoff) {
        return switch (outcome) {
            case Outcome.Delivered(var detail) ->
                new Verdict(claim, "delivered", cut(detail), Duration.ZERO, timeToLive);
            case Outcome.Retry(var reason, var after) ->
                new Verdict(
                        claim,
                        "pending",
                        cut(reason),
                        later(after.orElse(Duration.ZERO), backoff.afterAttempt(claim.attempt())),
                        timeToLive);
            case Outcome.Rejected(var reason) -> new Verdict(claim, "parked", cut(reason), Duration.ZERO, timeToLive);
        };
    }

    /** A receiver may ask for more patience than ours, never for less. */
    private static Duration later(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** What the database takes: not without end, and no NUL. */
    private static String cut(String text) {
        var clean = text.replace('\0', ' ');
        return clean.length() <= MAX_DETAIL ? clean : clean.substring(0, MAX_DETAIL);
    }
}
