package io.growalert.dispatcher.state;

import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads what is committed on the topic of the alerts, from its beginning. */
final class AlertsReader implements AutoCloseable {
    final List<AlertEvent> events = new ArrayList<>();
    private final KafkaConsumer<String, byte[]> consumer;

    AlertsReader(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(Topics.ALERTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** How many events there are by now. */
    int count() {
        consumer.poll(Duration.ofMillis(50)).forEach(record -> events.add(Json.read(record.value(), AlertEvent.class)));
        return events.size();
    }

    /** The events of this monitor up to now, oldest first within a partition. */
    List<AlertEvent> of(String monitor) {
        count();
        return events.stream().filter(event -> event.monitor().equals(monitor)).toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
