package io.growalert.alerts;

import java.time.Instant;
import java.time.InstantSource;

/** Slots go by the wall clock, timeouts by monotonic time. */
interface Time {
    Instant now();

    /** Monotonic nanoseconds with an arbitrary origin. */
    long nanos();

    /**
     * Nanoseconds since the last call of this; the scheduler makes one in each pass of its loop, under its lock. Far apart,
     * the process or the machine was paused or starved in between.
     */
    long nanosSinceLastPass();

    static Time of(InstantSource clock) {
        return new Time() {
            private long lastPass = System.nanoTime();

            @Override
            public Instant now() {
                return clock.instant();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public long nanosSinceLastPass() {
                long before = lastPass;
                lastPass = System.nanoTime();
                return lastPass - before;
            }
        };
    }
}
