package io.growalert.alerts;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Stable slots, see {@link Interval#every}. */
record Every(long millis) implements Interval {
    private static final Duration LONGEST = Duration.ofDays(366);

    @Override
    public Duration next(RunHistory history) {
        return Duration.ofMillis(millis);
    }

    Timetable timetable(String name) {
        return new Timetable(Long.remainderUnsigned(hash(name), millis), millis);
    }

    static long millis(Duration interval) {
        if (interval.compareTo(Duration.ofMillis(1)) < 0 || interval.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("an interval is 1 ms to 366 days long, not " + interval);
        }
        return interval.toMillis();
    }

    /** FNV-1a alone leaves the last character in the low bits only; fmix64 spreads it over all. */
    static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
