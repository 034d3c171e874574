package io.growalert.billing.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.BillingEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the events of growalert.billing whose keys have a prefix. */
final class Reader implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final String prefix;
    private final List<ConsumerRecord<String, byte[]>> seen = new ArrayList<>();

    Reader(String kafka, String prefix) {
        this.prefix = prefix;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka,
                        "auto.offset.reset",
                        "earliest",
                        "group.id",
                        prefix,
                        "metadata.max.age.ms",
                        "500"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.BILLING));
    }

    /** All records read so far, in order per key. */
    List<ConsumerRecord<String, byte[]>> records() {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> {
            if (record.key().startsWith(prefix)) {
                seen.add(record);
            }
        });
        return seen;
    }

    List<BillingEvent> events() {
        return records().stream()
                .map(record -> Json.read(record.value(), BillingEvent.class))
                .toList();
    }

    /** Each event once, at its first position. */
    List<BillingEvent> distinct() {
        return events().stream().distinct().toList();
    }

    static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
