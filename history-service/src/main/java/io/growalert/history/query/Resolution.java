package io.growalert.history.query;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The width of the points of a plot.
 *
 * @param width null: each value is a point
 */
record Resolution(@Nullable Duration width) {
    static final Resolution RAW = new Resolution(null);

    private static final List<Duration> WIDTHS = List.of(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(15),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(2),
            Duration.ofHours(3),
            Duration.ofHours(6),
            Duration.ofHours(12),
            Duration.ofDays(1),
            Duration.ofDays(2),
            Duration.ofDays(7),
            Duration.ofDays(30),
            Duration.ofDays(365));

    /** Raw when the values of a monitor with this interval are at most {@code points}, else the smallest width that is. */
    static Resolution of(Instant from, Instant to, Duration every, int points) {
        var span = Duration.between(from, to);
        if (every.multipliedBy(points).compareTo(span) >= 0) {
            return RAW;
        }
        return atMost(span, points);
    }

    /** The smallest width of which at most {@code points} touch the span. */
    static Resolution atMost(Duration span, int points) {
        for (var width : WIDTHS) {
            if (width.multipliedBy(points - 1L).compareTo(span) >= 0) {
                return new Resolution(width);
            }
        }
        return new Resolution(span);
    }

    boolean isRaw() {
        return width == null;
    }

    /** Whether a point is one or more whole buckets of rollups. */
    boolean isRolledUp() {
        return width != null && width.compareTo(io.growalert.history.store.Rollups.BUCKET) >= 0;
    }

    /** As the API has it: {@code raw} or an ISO 8601 duration. */
    @Override
    public String toString() {
        return width == null ? "raw" : width.toString();
    }
}
