package io.growalert.runtime.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether the outbox is published. */
public final class OutboxHealth implements HealthIndicator, MeterBinder {
    private final OutboxRelay relay;

    public OutboxHealth(OutboxRelay relay) {
        this.relay = relay;
    }

    @Override
    public Health health() {
        var obstacle = relay.obstacle().or(() -> relay.progress().stalled());
        return obstacle.isPresent()
                ? Health.down().withDetail("obstacle", obstacle.get()).build()
                : Health.up().withDetail("relays", relay.isRelaying()).build();
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        relay.progress().bindTo(meters);
    }
}
