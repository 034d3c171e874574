package io.growalert.dispatcher.notify;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Exponential backoff with full jitter: a random delay between zero and a span that doubles with each attempt, up to a limit. */
record Backoff(Duration initial, Duration limit, RandomGenerator random) {
    private static final int MAX_DOUBLINGS = 30;

    static Backoff standard(RandomGenerator random) {
        return new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), random);
    }

    /** The delay after this attempt failed; attempts count from 1. */
    Duration afterAttempt(int attempt) {
        long span = initial.toMillis() << Math.min(attempt - 1, MAX_DOUBLINGS);
        return Duration.ofMillis(random.nextLong(Math.min(span, limit.toMillis()) + 1));
    }
}
