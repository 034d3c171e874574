package io.growalert.monitor;

import io.growalert.events.Limits;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.TopicCreator;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.stereotype.Component;

/** Opens the connections to Kafka, each with the settings that its use needs. */
@Component
final class Kafka {
    static final String GROUP = "growalert-monitor-service";

    private static final Duration MAX_HEARTBEAT = Duration.ofSeconds(1);

    private final MonitorServiceSettings settings;

    Kafka(MonitorServiceSettings settings) {
        this.settings = settings;
    }

    /** Creates the topics that are missing; throws a KafkaException when the broker does not answer. */
    void createTopics() {
        new TopicCreator(settings.kafka(), settings.partitions())
                .createMissing(List.of(Topics.MONITORS, Topics.CHECK_RESULTS));
    }

    /** A member of the group that shares the monitors out; it keeps its place through a quick restart. */
    KafkaConsumer<String, byte[]> member(String instanceId) {
        var config = consuming();
        var heartbeat = settings.sessionTimeout().dividedBy(3);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int)
                settings.sessionTimeout().toMillis());
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int)
                (heartbeat.compareTo(MAX_HEARTBEAT) < 0 ? heartbeat : MAX_HEARTBEAT).toMillis());
        // Only monitors that move are stopped when an instance comes or goes; the others do not miss a slot.
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(CooperativeStickyAssignor.class));
        return new KafkaConsumer<>(config);
    }

    /** A reader that belongs to no group. */
    KafkaConsumer<String, byte[]> reader() {
        var config = consuming();
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        return new KafkaConsumer<>(config);
    }

    /** Sends a few records that matter, each at once. */
    KafkaProducer<String, byte[]> sender() {
        var config = producing();
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 32L << 20);
        return new KafkaProducer<>(config);
    }

    /**
     * Sends results in rounds and never gives up on one. It lingers for as long as it takes to hand a round over, so that a round
     * leaves as one batch per partition; a flush would wait for every partition, also for one without a leader.
     */
    KafkaProducer<String, byte[]> groupSender() {
        var config = producing();
        config.put(ProducerConfig.LINGER_MS_CONFIG, 1);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * Limits.RECORD_BYTES);
        return new KafkaProducer<>(config);
    }

    private Map<String, Object> producing() {
        var config = common();
        config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 500);
        return config;
    }

    private Map<String, Object> consuming() {
        var config = common();
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return config;
    }

    private Map<String, Object> common() {
        var config = new HashMap<String, Object>();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.kafka());
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return config;
    }
}
