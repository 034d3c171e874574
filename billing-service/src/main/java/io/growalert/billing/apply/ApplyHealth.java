package io.growalert.billing.apply;

import io.growalert.billing.fetch.FetchQueue;
import io.growalert.billing.webhook.EventBacklog;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether stored events are applied in time. Parked events need an operator but hold back no other event: {@code DEGRADED},
 * while the service is up.
 */
final class ApplyHealth extends AbstractHealthIndicator implements MeterBinder {
    static final Status DEGRADED = new Status("DEGRADED");
    static final Duration LATE = Duration.ofMinutes(1);
    static final Duration TOO_LATE = Duration.ofMinutes(10);

    private final LoopHealth loops;
    private final JdbcClient jdbc;
    private final FetchQueue fetches;

    ApplyHealth(List<Progress> loops, JdbcClient jdbc) {
        super("the backlog cannot be counted");
        this.loops = new LoopHealth(loops);
        this.jdbc = jdbc;
        fetches = new FetchQueue(jdbc);
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        var stalled = loops.health();
        if (!stalled.getStatus().equals(Status.UP)) {
            health.status(stalled.getStatus()).withDetails(stalled.getDetails());
            return;
        }
        var backlog = EventBacklog.count(jdbc);
        health.status(status(backlog))
                .withDetail("waiting", backlog.waiting())
                .withDetail("parked", backlog.parked())
                .withDetail("fetches", fetches.count())
                .withDetail("overdueSeconds", backlog.overdue().toSeconds());
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        loops.bindTo(meters);
    }

    private static Status status(EventBacklog backlog) {
        if (backlog.overdue().compareTo(TOO_LATE) > 0) {
            return Status.OUT_OF_SERVICE;
        }
        return backlog.parked() > 0 || backlog.overdue().compareTo(LATE) > 0 ? DEGRADED : Status.UP;
    }
}
