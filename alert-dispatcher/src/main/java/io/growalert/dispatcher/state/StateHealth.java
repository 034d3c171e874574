package io.growalert.dispatcher.state;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** UP while Kafka Streams runs or rebalances, and makes progress. */
final class StateHealth implements HealthIndicator, MeterBinder {
    private final StateStreams streams;

    StateHealth(StateStreams streams) {
        this.streams = streams;
    }

    @Override
    public Health health() {
        var state = streams.state();
        var stalled = streams.stalled();
        var health = state.isRunningOrRebalancing() && stalled.isEmpty() ? Health.up() : Health.down();
        health.withDetail("state", state);
        streams.obstacle().ifPresent(obstacle -> health.withDetail("obstacle", obstacle));
        stalled.ifPresent(reason -> health.withDetail("stalled", reason));
        return health.build();
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        streams.progress().bindTo(meters);
    }
}
