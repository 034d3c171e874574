package io.growalert.dispatcher.receiver;

import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.Presentation;
import java.time.Duration;

/**
 * A configured receiver of notifications.
 *
 * @param concurrency the limit of concurrent deliveries from one instance
 * @param timeToLive how long a delivery is retried before it is parked
 * @param presentation how its messages show times and links
 */
public record Receiver(
        String name, int concurrency, Duration timeToLive, Presentation presentation, HandlerConfig config) {
    static final int DEFAULT_CONCURRENCY = 4;
    static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofHours(24);
}
