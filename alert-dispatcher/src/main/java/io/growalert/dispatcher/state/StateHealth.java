package io.growalert.dispatcher.state;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether alert states are being kept: up while Kafka Streams runs or hands partitions over. */
final class StateHealth implements HealthIndicator {
    private final StateStreams streams;

    StateHealth(StateStreams streams) {
        this.streams = streams;
    }

    @Override
    public Health health() {
        var state = streams.state();
        var health = (state.isRunningOrRebalancing() ? Health.up() : Health.down()).withDetail("state", state);
        streams.obstacle().ifPresent(obstacle -> health.withDetail("obstacle", obstacle));
        return health.build();
    }
}
