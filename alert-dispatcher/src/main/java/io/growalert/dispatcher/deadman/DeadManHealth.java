package io.growalert.dispatcher.deadman;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Shows the heartbeats. A late one changes nothing, since the external service alerts, and the part that is down reports itself;
 * DOWN only when the heartbeats cannot be measured.
 */
public final class DeadManHealth implements HealthIndicator, MeterBinder {
    private final DeadManCalls deadMan;

    public DeadManHealth(DeadManCalls deadMan) {
        this.deadMan = deadMan;
    }

    @Override
    public Health health() {
        var health = Health.up().withDetail("calls", deadMan.calls());
        deadMan.liveness().ifPresent(liveness -> {
            health.withDetail("partitions", liveness.partitions());
            liveness.oldest().ifPresent(age -> health.withDetail("oldestHeartbeatSeconds", age.toSeconds()));
            if (!liveness.late().isEmpty()) {
                var late = new TreeMap<Integer, String>();
                liveness.late()
                        .forEach((partition, age) -> late.put(
                                partition,
                                age.map(since -> "last heartbeat %d s ago".formatted(since.toSeconds()))
                                        .orElse("no heartbeat yet")));
                health.withDetail("late", late);
            }
        });
        deadMan.progress().stalled().ifPresent(reason -> health.down().withDetail("stalled", reason));
        return health.build();
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        deadMan.progress().bindTo(meters);
    }
}
