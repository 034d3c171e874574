package io.growalert.billing.apply;

import io.growalert.billing.fetch.FetchQueue;
import io.growalert.billing.webhook.EventBacklog;
import io.growalert.runtime.loop.Loop;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Counts the backlog for this instance's metrics. */
final class BacklogTask implements Loop.Task {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final JdbcClient jdbc;
    private final FetchQueue fetches;
    private final ApplyMetrics metrics;

    BacklogTask(JdbcClient jdbc, ApplyMetrics metrics) {
        this.jdbc = jdbc;
        fetches = new FetchQueue(jdbc);
        this.metrics = metrics;
    }

    @Override
    public Duration round(Loop loop) {
        metrics.backlog(EventBacklog.count(jdbc), fetches.count());
        return INTERVAL;
    }
}
