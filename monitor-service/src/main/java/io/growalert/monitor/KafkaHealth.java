package io.growalert.monitor;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether Kafka takes the results. */
@Component("kafka")
final class KafkaHealth implements HealthIndicator {
    private final ResultSender results;

    KafkaHealth(ResultSender results) {
        this.results = results;
    }

    @Override
    public Health health() {
        var stuck = results.stuckSince();
        var health = stuck.isPresent() ? Health.down().withDetail("notAcknowledgedSince", stuck.get()) : Health.up();
        return health.withDetail("waitingRuns", results.waiting())
                .withDetail("acknowledgedRecords", results.acknowledged())
                .build();
    }
}
