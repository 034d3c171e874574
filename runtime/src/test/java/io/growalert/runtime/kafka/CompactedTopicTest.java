package io.growalert.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.testkit.TestKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompactedTopicTest {
    private static final String TOPIC = "growalert.compacted-topic-test";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void a_topic_that_is_missing_is_ready_without_values_and_read_once_it_exists() {
        var topic = new CompactedTopic<>(
                TestKafka.bootstrapServers(),
                TOPIC,
                record -> record.value() == null ? null : new String(record.value(), UTF_8));
        topic.start();
        try {
            await().atMost(PATIENCE).until(topic::isReady);
            assertThat(topic.values()).isEmpty();

            new TopicCreator(TestKafka.bootstrapServers(), 2).createMissing(List.of(TOPIC));
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

    private static void send(String key, @Nullable String value) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            var _ = producer.send(new ProducerRecord<>(TOPIC, key, value == null ? null : value.getBytes(UTF_8)));
        }
    }
}
