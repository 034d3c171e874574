package io.growalert.benchmarks;

import io.growalert.events.CheckResult;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the results topic as anybody may, from its start. */
final class Results implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;

    Results(String broker) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(Topics.CHECK_RESULTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Gives on what has arrived, waiting at most this long for something. */
    int poll(Duration timeout, Consumer<CheckResult> each) {
        var records = consumer.poll(timeout);
        records.forEach(record -> each.accept(Json.read(record.value(), CheckResult.class)));
        return records.count();
    }

    /** Gives on everything up to the end that the topic has now. */
    void toTheEnd(Consumer<CheckResult> each) {
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
