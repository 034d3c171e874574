package io.growalert.dispatcher.receiver;

import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.Presentation;
import java.time.Duration;
import java.util.Optional;

/**
 * A configured receiver of notifications.
 *
 * @param kind the key of its {@link io.growalert.dispatcher.handler.HandlerType}
 * @param concurrency the limit of concurrent deliveries from one instance
 * @param timeToLive how long a delivery is retried before it is parked
 * @param rate the limit of attempts from one instance; deliveries beyond it wait
 * @param alarm the receiver to notify while this one fails, or has parked deliveries that no operator acknowledged
 * @param presentation how its messages show times and links
 */
public record Receiver(
        String name,
        String kind,
        int concurrency,
        Duration timeToLive,
        Optional<DeliveryRate> rate,
        Optional<String> alarm,
        Presentation presentation,
        HandlerConfig config) {
    static final int DEFAULT_CONCURRENCY = 4;
    static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofHours(24);
}
