package io.growalert.dispatcher.notify;

import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Aggregates parked deliveries, so that a receiver's outage is one log line a round, not one a delivery. */
final class ParkedLog {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedLog.class);

    private final Map<String, Parked> byReceiver = new TreeMap<>();

    /** @param reason of the latest delivery */
    private record Parked(int deliveries, String reason) {}

    synchronized void add(String receiver, String reason) {
        byReceiver.merge(
                receiver, new Parked(1, reason), (one, other) -> new Parked(one.deliveries() + 1, other.reason()));
    }

    /** Logs one line for each receiver; false when nothing was parked. */
    synchronized boolean report() {
        byReceiver.forEach((receiver, parked) -> LOG.atError()
                .addKeyValue("receiver", receiver)
                .addKeyValue("deliveries", parked.deliveries())
                .addKeyValue("reason", parked.reason())
                .log("Deliveries parked; redrive them when the receiver works"));
        boolean any = !byReceiver.isEmpty();
        byReceiver.clear();
        return any;
    }
}
