package io.growalert.billing.webhook;

import java.time.Duration;

/**
 * The delay before the next attempt to apply an event, and when an event is parked.
 *
 * @param attempts after which an event is parked
 */
public record RetryPolicy(int attempts) {
    private static final Duration FIRST_PARENT_DELAY = Duration.ofMillis(200);
    private static final int PARENT_DELAYS = 6;
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);
    /** After this the second of a tie is over, also by a slow clock. */
    public static final Duration TIE = Duration.ofSeconds(2);
    /** The fetch resumes the event; this delay counts only when a process dies before it does. */
    public static final Duration FETCH = Duration.ofMinutes(5);

    /** Whether the parent's event may still arrive, after so many attempts. */
    public boolean waitsForParent(int attempts) {
        return attempts < Math.min(PARENT_DELAYS, this.attempts - 1);
    }

    /** 0.2 s, 0.4 s, ... 6.4 s. */
    public Duration untilParent(int attempts) {
        return FIRST_PARENT_DELAY.multipliedBy(1L << attempts);
    }

    /** After so many failed attempts: 1 s, 2 s, ... 5 min. */
    public static Duration delay(int attempts) {
        var delay = FIRST_DELAY.multipliedBy(1L << Math.min(Math.max(attempts - 1, 0), 20));
        return delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
    }

    public boolean isExhausted(int attempts) {
        return attempts >= this.attempts;
    }
}
