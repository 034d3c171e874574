package io.growalert.dispatcher.notify;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The Kafka settings of the consumer of alert events.
 *
 * @param instance the group instance id of this member, which survives restarts
 * @param partitions of a topic that is created
 */
record AlertConsumerSettings(KafkaConnection connection, String instance, Duration sessionTimeout, int partitions) {
    static final String GROUP = "growalert-notifier";
    /** Another name for another subscription: a static member that restarts keeps its assignment of the old topics. */
    private static final String SUBSCRIPTION = "-2";

    /**
     * Creates the topics that are missing, and returns a consumer.
     *
     * @throws org.apache.kafka.common.KafkaException when the broker is unreachable
     */
    Consumer<byte[], byte[]> connect() {
        new TopicCreator(connection, partitions)
                .createMissing(List.of(Topics.ALERTS, Topics.deadLetters(Topics.ALERTS), Topics.HEARTBEATS));
        return consumer();
    }

    private Consumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = connection.consumer(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                GROUP,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "classic",
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                instance + SUBSCRIPTION,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                (int) sessionTimeout.toMillis(),
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                (int) sessionTimeout.toMillis() / 3,
                // records end this wait; what waits behind it are partitions that were paused or assigned meanwhile
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                1_000,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"));
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
