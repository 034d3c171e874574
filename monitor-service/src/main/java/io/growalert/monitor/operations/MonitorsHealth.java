package io.growalert.monitor.operations;

import io.growalert.monitor.group.MonitorGroup;
import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.monitor.source.Sources;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The assigned partitions and monitors. UP without any, since other instances may have them all. DOWN when another instance has the
 * same id, or the scheduler makes no progress. An unreachable source is shown and changes nothing, since its monitors report it.
 */
public final class MonitorsHealth implements HealthIndicator {
    private final MonitorGroup group;
    private final AssignedMonitors monitors;
    private final Sources sources;

    public MonitorsHealth(MonitorGroup group, AssignedMonitors monitors, Sources sources) {
        this.group = group;
        this.monitors = monitors;
        this.sources = sources;
    }

    @Override
    public Health health() {
        var health = group.trouble()
                .or(monitors::stalled)
                .map(reason -> Health.down().withDetail("reason", reason))
                .orElseGet(Health::up);
        return health.withDetail("partitions", group.partitions())
                .withDetail("loaded", group.isLoaded())
                .withDetail("monitors", monitors.all().size())
                .withDetail("sources", sources.states())
                .build();
    }
}
