package io.growalert.dispatcher;

import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.dispatcher.silence.LoadedRules;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.schedule.ScheduledTasks;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.stream.Stream;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/**
 * DOWN while alert events cannot be stored, or a loop or scheduled task ended or makes no progress; DEGRADED, with HTTP status 200,
 * while there are parked deliveries that no operator acknowledged, or the definition files are rejected.
 */
@Component("notifierHealthIndicator")
final class NotifierHealth implements HealthIndicator, MeterBinder {
    private static final Status DEGRADED = new Status("DEGRADED");

    private final Notifier notifier;
    private final ScheduledTasks tasks;
    private final Receivers receivers;
    private final LoadedRules rules;

    NotifierHealth(Notifier notifier, ScheduledTasks tasks, Receivers receivers, LoadedRules rules) {
        this.receivers = receivers;
        this.rules = rules;
        this.notifier = notifier;
        this.tasks = tasks;
    }

    @Override
    public Health health() {
        var health = Health.up();
        var parked = notifier.parked();
        if (!parked.isEmpty()) {
            health.status(DEGRADED).withDetail("parked", parked);
        }
        receivers.rejected().or(rules::rejected).ifPresent(reason -> health.status(DEGRADED)
                .withDetail("definitionFiles", reason));
        var open = notifier.openCircuits();
        if (!open.isEmpty()) {
            health.withDetail("openCircuits", open);
        }
        notifier.obstacle().ifPresent(reason -> health.down().withDetail("obstacle", reason));
        loops().forEach(loop -> loop.stalled().ifPresent(reason -> health.down().withDetail(loop.loop(), reason)));
        var dead = notifier.deadThreads();
        if (!dead.isEmpty()) {
            health.down().withDetail("dead", dead);
        }
        return health.build();
    }

    private Stream<Progress> loops() {
        return Stream.concat(notifier.loops().stream(), tasks.loops().stream());
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        loops().forEach(loop -> loop.bindTo(meters));
    }
}
