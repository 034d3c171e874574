package io.growalert.billing.ledger;

import io.growalert.runtime.loop.LoopHealth;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether stored events become records in time. Parked events need somebody, but keep no other from being applied: the service
 * is up, and this part of it says {@code DEGRADED}.
 */
final class LedgerHealth extends AbstractHealthIndicator {
    static final Status DEGRADED = new Status("DEGRADED");
    static final Duration LATE = Duration.ofMinutes(1);
    static final Duration TOO_LATE = Duration.ofMinutes(10);

    private final LedgerThreads threads;
    private final JdbcClient jdbc;

    LedgerHealth(LedgerThreads threads, JdbcClient jdbc) {
        super("the ledger cannot be looked into");
        this.threads = threads;
        this.jdbc = jdbc;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        var dead = threads.dead();
        if (!dead.isEmpty()) {
            health.down().withDetail("dead", dead);
            return;
        }
        var loops = new LoopHealth(threads.loops()).health();
        if (!loops.getStatus().equals(Status.UP)) {
            health.status(loops.getStatus()).withDetails(loops.getDetails());
            return;
        }
        var backlog = Backlog.count(jdbc);
        health.status(status(backlog))
                .withDetail("waiting", backlog.waiting())
                .withDetail("parked", backlog.parked())
                .withDetail("fetches", backlog.fetches())
                .withDetail("overdueSeconds", backlog.overdue().toSeconds());
    }

    private static Status status(Backlog backlog) {
        if (backlog.overdue().compareTo(TOO_LATE) > 0) {
            return Status.OUT_OF_SERVICE;
        }
        return backlog.parked() > 0 || backlog.overdue().compareTo(LATE) > 0 ? DEGRADED : Status.UP;
    }
}
