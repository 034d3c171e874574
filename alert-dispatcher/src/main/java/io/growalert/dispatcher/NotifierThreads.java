package io.growalert.dispatcher;

import io.growalert.dispatcher.notify.Notifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether all threads of the notifier live. */
@Component("notifierThreadsHealthIndicator")
final class NotifierThreads implements HealthIndicator {
    private final Notifier notifier;

    NotifierThreads(Notifier notifier) {
        this.notifier = notifier;
    }

    @Override
    public Health health() {
        var dead = notifier.deadThreads();
        return dead.isEmpty()
                ? Health.up().build()
                : Health.down().withDetail("dead", dead).build();
    }
}
