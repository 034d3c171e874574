package io.growalert.history.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts records by topic. */
public final class IngestMetrics {
    private final MeterRegistry meters;

    public IngestMetrics(MeterRegistry meters) {
        this.meters = meters;
        // a counter that began with 1 would be no increase for Prometheus
        TopicIngest.TOPICS.forEach(topic -> {
            storedCounter(topic);
            unreadableCounter(topic);
        });
    }

    void stored(String topic, long records) {
        storedCounter(topic).increment((double) records);
    }

    /** It was skipped: its value cannot be parsed, or the database refused it. */
    void unreadable(String topic) {
        unreadableCounter(topic).increment();
    }

    private Counter storedCounter(String topic) {
        return meters.counter("growalert.history.records", "topic", topic);
    }

    private Counter unreadableCounter(String topic) {
        return meters.counter("growalert.history.unreadable", "topic", topic);
    }
}
