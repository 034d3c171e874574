package io.growalert.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.testkit.TestKafka;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompactedTopicTest {
    private static final String TOPIC = "growalert.compacted-topic-test";
    private static final String GROWING = "growalert.compacted-topic-test-growing";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void a_topic_that_is_missing_is_ready_without_values_and_read_once_it_exists() {
        var topic = new CompactedTopic<>(
                KafkaConnection.at(TestKafka.bootstrapServers()),
                TOPIC,
                record -> record.value() == null ? null : new String(record.value(), UTF_8));
        topic.start();
        try {
            await().atMost(PATIENCE).until(topic::isReady);
            assertThat(topic.values()).isEmpty();

            new TopicCreator(KafkaConnection.at(TestKafka.bootstrapServers()), 2).createMissing(List.of(TOPIC));
            send("a", "1");
            send("b", "2");
            send("a", "3");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(topic.values()).contains(Map.of("a", "3", "b", "2")));
            send("b", null);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(topic.values()).contains(Map.of("a", "3")));
        } finally {
            topic.stop();
        }
        assertThat(topic.isRunning()).isFalse();
    }

    @Test
    void partitions_that_are_added_are_read_and_the_later_value_counts_whatever_was_read_last() throws Exception {
        var topic = new CompactedTopic<>(
                KafkaConnection.at(TestKafka.bootstrapServers()),
                GROWING,
                record -> new String(record.value(), UTF_8),
                (known, read) -> known.compareTo(read) > 0 ? known : read,
                InstantSource.system());
        new TopicCreator(KafkaConnection.at(TestKafka.bootstrapServers()), 1).createMissing(List.of(GROWING));
        send(GROWING, 0, "5");
        send(GROWING, 0, "4");
        topic.start();
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(topic.values()).contains(Map.of("a", "5")));
            var read = topic.readUntil();
            assertThat(read).isAfter(Instant.EPOCH);

            admin.createPartitions(Map.of(GROWING, NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            send(GROWING, 1, "6");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(topic.values()).contains(Map.of("a", "6")));
            await().atMost(PATIENCE).until(() -> topic.readUntil().isAfter(read));
        } finally {
            topic.stop();
        }
    }

    private static void send(String topic, int partition, String value) {
        send(new ProducerRecord<>(topic, partition, "a", value.getBytes(UTF_8)));
    }

    private static void send(String key, @Nullable String value) {
        send(new ProducerRecord<>(TOPIC, key, value == null ? null : value.getBytes(UTF_8)));
    }

    private static void send(ProducerRecord<String, byte[]> record) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            var _ = producer.send(record);
        }
    }
}
