package io.growalert.dispatcher;

import io.growalert.dispatcher.notify.Notifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/**
 * DOWN while alert events cannot be stored, or a loop of the notifier ended or makes no progress; DEGRADED, with HTTP status 200,
 * while there are parked deliveries that no operator acknowledged.
 */
@Component("notifierHealthIndicator")
final class NotifierHealth implements HealthIndicator {
    private static final Status DEGRADED = new Status("DEGRADED");

    private final Notifier notifier;

    NotifierHealth(Notifier notifier) {
        this.notifier = notifier;
    }

    @Override
    public Health health() {
        var health = Health.up();
        var parked = notifier.parked();
        if (!parked.isEmpty()) {
            health.status(DEGRADED).withDetail("parked", parked);
        }
        notifier.obstacle().ifPresent(reason -> health.down().withDetail("obstacle", reason));
        for (var loop : notifier.loops()) {
            loop.stalled().ifPresent(reason -> health.down().withDetail(loop.loop(), reason));
        }
        var dead = notifier.deadThreads();
        if (!dead.isEmpty()) {
            health.down().withDetail("dead", dead);
        }
        return health.build();
    }
}
