package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;

/** An alert event that arrived from the topic, with its unchanged JSON and its offset. */
record Arrival(AlertEvent event, String body, Offset origin) {
    /**
     * A record's position in the topic.
     *
     * @param topic Kafka's id of the topic: one that was deleted and created again is another topic
     * @param leaderEpoch of the batch; -1 when unknown
     */
    record Offset(String topic, int partition, long offset, int leaderEpoch) {}
}
