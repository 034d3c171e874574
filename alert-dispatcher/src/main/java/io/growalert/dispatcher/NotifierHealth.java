package io.growalert.dispatcher;

import io.growalert.dispatcher.notify.Notifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether alert events arrive in the database, and all threads of the notifier live. */
@Component("notifierHealthIndicator")
final class NotifierHealth implements HealthIndicator {
    private final Notifier notifier;

    NotifierHealth(Notifier notifier) {
        this.notifier = notifier;
    }

    @Override
    public Health health() {
        var dead = notifier.deadThreads();
        var obstacle = notifier.obstacle();
        if (dead.isEmpty() && obstacle.isEmpty()) {
            return Health.up().build();
        }
        var health = Health.down();
        obstacle.ifPresent(reason -> health.withDetail("obstacle", reason));
        if (!dead.isEmpty()) {
            health.withDetail("dead", dead);
        }
        return health.build();
    }
}
