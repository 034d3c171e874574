package io.growalert.monitor.operations;

import io.growalert.monitor.group.MonitorGroup;
import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.monitor.source.Sources;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * The assigned partitions and monitors. UP without any, since other instances may have them all. DOWN when the topics are
 * unusable, another instance has the same id, or the scheduler makes no progress; DEGRADED while the definition files are rejected.
 * An unreachable source is shown and changes nothing, since its monitors report it.
 */
public final class MonitorsHealth implements HealthIndicator {
    private static final Status DEGRADED = new Status("DEGRADED");

    private final MonitorGroup group;
    private final AssignedMonitors monitors;
    private final Sources sources;
    private final Supplier<Optional<String>> unusableTopics;
    private final Supplier<Optional<String>> rejected;

    /**
     * @param unusableTopics why no monitor runs: the topics have settings that the service cannot work with
     * @param rejected why the definition files are not in use in their current state
     */
    public MonitorsHealth(
            MonitorGroup group,
            AssignedMonitors monitors,
            Sources sources,
            Supplier<Optional<String>> unusableTopics,
            Supplier<Optional<String>> rejected) {
        this.unusableTopics = unusableTopics;
        this.rejected = rejected;
        this.group = group;
        this.monitors = monitors;
        this.sources = sources;
    }

    @Override
    public Health health() {
        var health = unusableTopics
                .get()
                .or(group::trouble)
                .or(monitors::stalled)
                .map(reason -> Health.down().withDetail("reason", reason))
                .orElseGet(Health::up);
        rejected.get().ifPresent(reason -> {
            if (health.build().getStatus().equals(Status.UP)) {
                health.status(DEGRADED);
            }
            health.withDetail("definitionFiles", reason);
        });
        return health.withDetail("partitions", group.partitions())
                .withDetail("loaded", group.isLoaded())
                .withDetail("monitors", monitors.all().size())
                .withDetail("sources", sources.states())
                .build();
    }
}
