package io.growalert.billing.ledger;

import java.time.Duration;

/**
 * How long an event waits that could not be applied.
 *
 * @param attempts how often it is tried before it is parked
 */
record Patience(int attempts) {
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final int MOST_WAITS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    /** A tie is fetched once its second is over for everybody. */
    static final Duration TIE = Duration.ofSeconds(2);
    /** What waits for a fetch is woken by it; this is only for the case that a process dies before it does. */
    static final Duration FETCH = Duration.ofMinutes(5);

    /** Whether its parent may still come by itself, after so many attempts. */
    boolean waitsForParent(int attempts) {
        return attempts < Math.min(MOST_WAITS, this.attempts - 1);
    }

    /** 0.2 s, 0.4 s, ... 6.4 s. */
    Duration untilParent(int attempts) {
        return FIRST_WAIT.multipliedBy(1L << attempts);
    }

    /** After so many attempts in vain; 1 s, 2 s, ... 5 min. */
    static Duration pause(int attempts) {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(Math.max(attempts - 1, 0), 20));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    boolean isOver(int attempts) {
        return attempts >= this.attempts;
    }
}
