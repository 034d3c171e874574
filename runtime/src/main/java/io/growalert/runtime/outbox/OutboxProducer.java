package io.growalert.runtime.outbox;

import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The producer of an outbox's topics. */
public final class OutboxProducer {
    private OutboxProducer() {}

    /**
     * Creates the topics that are missing, and connects a producer. The producer never drops a record, since later ones would
     * overtake it.
     *
     * @param partitions of the topics, when they are created
     * @throws org.apache.kafka.common.KafkaException when the broker is unreachable
     */
    public static Producer<String, byte[]> connect(KafkaConnection connection, int partitions, String... topics) {
        new TopicCreator(connection, partitions).createMissing(List.of(topics));
        Map<String, Object> producerSettings = connection.client(Map.ofEntries(
                Map.entry(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500),
                Map.entry(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false),
                Map.entry(ProducerConfig.ACKS_CONFIG, "all"),
                Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
                // KAFKA-15591: the first request of a partition, rejected while its leader starts, is overtaken by a
                // second
                Map.entry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1),
                Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000),
                Map.entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000),
                Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE),
                Map.entry(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 500),
                Map.entry(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10)));
        return new KafkaProducer<>(producerSettings, new StringSerializer(), new ByteArraySerializer());
    }
}
