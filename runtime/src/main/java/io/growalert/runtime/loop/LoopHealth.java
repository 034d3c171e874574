package io.growalert.runtime.loop;

import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** DOWN, with each reason, while one of the service's loops makes no progress. */
public final class LoopHealth implements HealthIndicator {
    private final List<Progress> loops;

    public LoopHealth(List<Progress> loops) {
        this.loops = List.copyOf(loops);
    }

    @Override
    public Health health() {
        var health = Health.up();
        for (var loop : loops) {
            loop.stalled().ifPresent(reason -> health.down().withDetail(loop.loop(), reason));
        }
        return health.build();
    }
}
