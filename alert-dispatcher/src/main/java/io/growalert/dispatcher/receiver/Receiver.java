package io.growalert.dispatcher.receiver;

import io.growalert.dispatcher.handler.HandlerConfig;
import java.time.Duration;

/**
 * A configured way to tell somebody.
 *
 * @param concurrency how many deliveries may be under way at once, from one instance
 * @param timeToLive how long a delivery is tried
 */
public record Receiver(String name, int concurrency, Duration timeToLive, HandlerConfig config) {
    static final int DEFAULT_CONCURRENCY = 4;
    static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofHours(24);
}
