package io.growalert.alerts;

import java.time.Instant;
import java.time.InstantSource;

/** Slots go by the clock on the wall, timeouts by one that never jumps. */
interface Time {
    Instant now();

    /** Monotonic nanoseconds with an origin of their own. */
    long nanos();

    static Time of(InstantSource clock) {
        return new Time() {
            @Override
            public Instant now() {
                return clock.instant();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }
        };
    }
}
