package io.growalert.runtime.loop;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/** Not UP, with each reason, while one of the service's loops makes no progress; and the meters of these loops. */
public final class LoopHealth implements HealthIndicator, MeterBinder {
    private final List<Progress> loops;
    private final Status stalled;

    /** DOWN when one is stalled. */
    public LoopHealth(List<Progress> loops) {
        this(loops, Status.DOWN);
    }

    /** @param stalled the status when one is stalled */
    public LoopHealth(List<Progress> loops, Status stalled) {
        this.loops = List.copyOf(loops);
        this.stalled = stalled;
    }

    @Override
    public Health health() {
        var health = Health.up();
        for (var loop : loops) {
            loop.stalled().ifPresent(reason -> health.status(stalled).withDetail(loop.loop(), reason));
        }
        return health.build();
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        loops.forEach(loop -> loop.bindTo(meters));
    }
}
