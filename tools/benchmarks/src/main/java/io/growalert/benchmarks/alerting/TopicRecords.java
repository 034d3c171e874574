package io.growalert.benchmarks.alerting;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.SystemMonitor;
import io.growalert.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads a topic as any client may, committed records only, from its start. */
final class TopicRecords<V> implements AutoCloseable {
    /**
     * @param at the record's timestamp
     * @param arrived when it was read
     */
    record Entry<V>(V value, int partition, Instant at, Instant arrived) {}

    private final KafkaConsumer<String, byte[]> consumer;
    private final Class<V> type;

    private TopicRecords(String broker, String topic, Class<V> type) {
        this.type = type;
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    static TopicRecords<CheckResult> results(String broker) {
        return new TopicRecords<>(broker, Topics.CHECK_RESULTS, CheckResult.class);
    }

    static TopicRecords<AlertEvent> events(String broker) {
        return new TopicRecords<>(broker, Topics.ALERTS, AlertEvent.class);
    }

    /** Everything up to the end that the topic has now. */
    static <V> List<Entry<V>> all(TopicRecords<V> reader) {
        var all = new ArrayList<Entry<V>>();
        try (reader) {
            reader.toTheEnd(all::add);
        }
        return all;
    }

    /** Gives on what has arrived, waiting at most this long for something. */
    int poll(Duration timeout, Consumer<Entry<V>> each) {
        var records = consumer.poll(timeout);
        var now = Instant.now();
        records.forEach(record -> {
            if (!isAboutGrowAlert(record.key())) {
                each.accept(new Entry<>(
                        Json.read(record.value(), type),
                        record.partition(),
                        Instant.ofEpochMilli(record.timestamp()),
                        now));
            }
        });
        return records.count();
    }

    /** Heartbeats and the results of services about themselves are among the results. */
    private static boolean isAboutGrowAlert(@Nullable String key) {
        return key != null && (key.equals(Heartbeat.MONITOR) || SystemMonitor.isId(key));
    }

    /** Gives on everything up to the end that the topic has now. */
    void toTheEnd(Consumer<Entry<V>> each) {
        var ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll(Duration.ofMillis(200), each);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
