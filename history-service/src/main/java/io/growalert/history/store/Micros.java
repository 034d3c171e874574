package io.growalert.history.store;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Instants as microseconds since the epoch: the precision of the database. */
public final class Micros {
    public static final long SECOND = 1_000_000;
    public static final long DAY = 86_400 * SECOND;

    private Micros() {}

    /** Cut off below a microsecond. */
    public static long of(Instant instant) {
        return instant.getEpochSecond() * SECOND + instant.getNano() / 1_000;
    }

    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1_000);
    }

    /** As a parameter of a statement. */
    public static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** The beginning of the UTC day. */
    static long day(long micros) {
        return Math.floorDiv(micros, DAY) * DAY;
    }
}
