package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.receiver.Receivers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Parks the due deliveries of receivers that no live instance has known for a minute. */
final class UnknownReceivers {
    /** Another instance may be starting that knows the receiver, or its file may be replaced at the moment. */
    static final Duration GRACE = Duration.ofMinutes(1);

    private final KnownReceivers known;
    private final Receivers receivers;
    private final DeliveryMetrics metrics;
    private final InstantSource clock;
    private final Map<String, Instant> unknownSince = new HashMap<>();

    UnknownReceivers(KnownReceivers known, Receivers receivers, DeliveryMetrics metrics, InstantSource clock) {
        this.known = known;
        this.receivers = receivers;
        this.metrics = metrics;
        this.clock = clock;
    }

    void park() {
        var now = clock.instant();
        var unknown = known.unknown(receivers.all().keySet());
        unknownSince.keySet().retainAll(unknown);
        unknown.forEach(receiver -> unknownSince.putIfAbsent(receiver, now));
        var lasting = unknownSince.entrySet().stream()
                .filter(entry -> !now.isBefore(entry.getValue().plus(GRACE)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        if (!lasting.isEmpty()) {
            known.park(lasting).forEach(receiver -> metrics.parked(receiver, KnownReceivers.UNKNOWN_RECEIVER));
        }
    }
}
