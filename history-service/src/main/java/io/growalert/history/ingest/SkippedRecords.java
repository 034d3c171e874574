package io.growalert.history.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.core.NestedExceptionUtils;

/** DEGRADED for an hour after a record was skipped or a stored definition was unreadable, with their number and the last reason. */
public final class SkippedRecords implements HealthIndicator {
    private static final Status DEGRADED = new Status("DEGRADED");
    private static final Duration SHOWN = Duration.ofHours(1);
    private static final int LONGEST_REASON = 200;

    private final InstantSource clock;
    private @Nullable Last last;

    public SkippedRecords(InstantSource clock) {
        this.clock = clock;
    }

    /** @param count how many, with at most an hour between two */
    private record Last(long count, Instant at, String which, String reason) {
        boolean isShown(Instant now) {
            return now.isBefore(at.plus(SHOWN));
        }
    }

    /** @param which names it without its content */
    synchronized void add(String which, Throwable cause) {
        var before = last;
        var now = clock.instant();
        long count = before != null && before.isShown(now) ? before.count() + 1 : 1;
        last = new Last(count, now, which, reason(cause));
    }

    static String reason(Throwable cause) {
        var reason =
                String.valueOf(NestedExceptionUtils.getMostSpecificCause(cause).getMessage());
        return reason.substring(0, Math.min(LONGEST_REASON, reason.length()));
    }

    @Override
    public synchronized Health health() {
        var shown = last;
        if (shown == null || !shown.isShown(clock.instant())) {
            return Health.up().build();
        }
        return Health.status(DEGRADED)
                .withDetail("skipped", shown.count())
                .withDetail("last", shown.which())
                .withDetail("reason", shown.reason())
                .withDetail("at", shown.at().toString())
                .build();
    }
}
