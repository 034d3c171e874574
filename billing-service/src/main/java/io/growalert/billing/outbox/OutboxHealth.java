package io.growalert.billing.outbox;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether what changes gets to Kafka. */
final class OutboxHealth implements HealthIndicator {
    private final Relay relay;

    OutboxHealth(Relay relay) {
        this.relay = relay;
    }

    @Override
    public Health health() {
        if (relay.isDead()) {
            return Health.down().withDetail("obstacle", "the relay is dead").build();
        }
        var obstacle = relay.obstacle().or(() -> relay.progress().stalled());
        return obstacle.isPresent()
                ? Health.down().withDetail("obstacle", obstacle.get()).build()
                : Health.up().withDetail("relays", relay.isRelaying()).build();
    }
}
