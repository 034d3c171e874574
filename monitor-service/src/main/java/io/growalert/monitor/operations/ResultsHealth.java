package io.growalert.monitor.operations;

import io.growalert.monitor.publish.ResultSender;
import io.growalert.runtime.loop.Progress;
import java.time.InstantSource;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether Kafka acknowledges the results: DOWN when it acknowledged none for 10 s, or none of one partition for 30 s, although some
 * are in flight.
 */
public final class ResultsHealth implements HealthIndicator {
    private final ResultSender results;
    private final InstantSource clock;

    public ResultsHealth(ResultSender results, InstantSource clock) {
        this.results = results;
        this.clock = clock;
    }

    @Override
    public Health health() {
        var health = Health.up();
        results.unavailableFor().ifPresent(since -> health.down()
                .withDetail("notAcknowledgedSince", clock.instant().minus(since)));
        var stuck = results.stuck(Progress.LIMIT);
        if (!stuck.isEmpty()) {
            var reasons = new TreeMap<Integer, String>();
            stuck.forEach((partition, since) ->
                    reasons.put(partition, "no result acknowledged for %d s".formatted(since.toSeconds())));
            health.down().withDetail("stuckPartitions", reasons);
        }
        return health.withDetail("waitingRuns", results.waiting())
                .withDetail("acknowledgedRecords", results.acknowledged())
                .build();
    }
}
