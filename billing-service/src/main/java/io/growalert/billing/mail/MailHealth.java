package io.growalert.billing.mail;

import io.growalert.runtime.loop.LoopHealth;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** Whether mails are sent. The service works without them, so never worse than {@code DEGRADED}. */
final class MailHealth extends AbstractHealthIndicator implements MeterBinder {
    static final Duration LATE = Duration.ofMinutes(10);
    private static final Status DEGRADED = new Status("DEGRADED");

    private final MailTable table;
    private final LoopHealth loop;

    MailHealth(MailTable table, MailRelay relay) {
        super("the mails cannot be counted");
        this.table = table;
        loop = new LoopHealth(List.of(relay.progress()), DEGRADED);
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        var stalled = loop.health();
        if (!stalled.getStatus().equals(Status.UP)) {
            health.status(stalled.getStatus()).withDetails(stalled.getDetails());
            return;
        }
        var backlog = table.backlog();
        health.status(status(backlog))
                .withDetail("queued", backlog.queued())
                .withDetail("parked", backlog.parked())
                .withDetail("failingSeconds", backlog.failingSeconds());
    }

    static Status status(MailTable.Backlog backlog) {
        return backlog.parked() > 0 || backlog.failingSeconds() > LATE.toSeconds() ? DEGRADED : Status.UP;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        loop.bindTo(meters);
    }
}
