package io.growalert.monitor;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * What this instance holds. Holding nothing is well: others may hold it all. DOWN when another instance has the same id, or the
 * scheduler makes no progress. A source that is unreachable is shown and changes nothing, since its monitors report it.
 */
@Component("monitors")
final class MonitorsHealth implements HealthIndicator {
    private final MonitorGroup group;
    private final HeldMonitors monitors;
    private final Sources sources;

    MonitorsHealth(MonitorGroup group, HeldMonitors monitors, Sources sources) {
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
