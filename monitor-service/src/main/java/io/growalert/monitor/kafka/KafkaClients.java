package io.growalert.monitor.kafka;

import io.growalert.events.Limits;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

/** Creates the topics and the Kafka clients, each with the settings for its use. */
public final class KafkaClients {
    public static final String GROUP = "growalert-monitor-service";
    /** The source of this service's events. */
    public static final String EVENT_SOURCE = "/growalert/monitor-service";

    private static final Duration MAX_HEARTBEAT = Duration.ofSeconds(1);

    private final KafkaConnection connection;
    private final int partitions;
    private final Duration sessionTimeout;
    private final CountDownLatch topics = new CountDownLatch(1);

    /**
     * @param partitions how many partitions a created topic gets
     * @param sessionTimeout after which a group without a heartbeat of this member reassigns its partitions
     */
    public KafkaClients(KafkaConnection connection, int partitions, Duration sessionTimeout) {
        this.connection = connection;
        this.partitions = partitions;
        this.sessionTimeout = sessionTimeout;
    }

    /**
     * Creates the missing topics; throws a KafkaException when the broker is unreachable, and an IllegalStateException when an existing
     * one is unusable.
     */
    public void createTopics() {
        new TopicCreator(connection, partitions).createMissing(List.of(Topics.MONITORS, Topics.CHECK_RESULTS));
        topics.countDown();
    }

    /**
     * Waits for {@link #createTopics}; false when it did not succeed within the limit. A producer that requests a missing topic may make
     * the broker create it, with the broker's number of partitions and not ours.
     */
    public boolean awaitTopics(Duration atMost) throws InterruptedException {
        return topics.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A static member of the group that distributes the monitors; it keeps its partitions through a quick restart. */
    public KafkaConsumer<String, byte[]> member(String instanceId) {
        var config = consuming();
        var heartbeat = sessionTimeout.dividedBy(3);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) sessionTimeout.toMillis());
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int)
                (heartbeat.compareTo(MAX_HEARTBEAT) < 0 ? heartbeat : MAX_HEARTBEAT).toMillis());
        // definitions end this wait; what waits behind it are partitions that were assigned meanwhile
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1_000);
        // A rebalance stops only the monitors that move; the others miss no slot.
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(CooperativeStickyAssignor.class));
        return new KafkaConsumer<>(connection.consumer(config));
    }

    /** A consumer outside of any group. */
    public KafkaConsumer<String, byte[]> reader() {
        var config = consuming();
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        return new KafkaConsumer<>(connection.consumer(config));
    }

    /** A producer for a few definitions, each sent at once. */
    public KafkaProducer<String, byte[]> definitionSender() {
        var config = producing();
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 32L << 20);
        return new KafkaProducer<>(connection.client(config));
    }

    /**
     * A producer that sends results in rounds and retries each without limit. It lingers for as long as it takes to pass a round
     * to it, so that a round leaves as one batch per partition; a flush would wait for every partition, also for one without a
     * leader.
     */
    public KafkaProducer<String, byte[]> resultSender() {
        var config = producing();
        config.put(ProducerConfig.LINGER_MS_CONFIG, 1);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * Limits.RECORD_BYTES);
        return new KafkaProducer<>(connection.client(config));
    }

    private Map<String, Object> producing() {
        var config = common();
        config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // KAFKA-15591: the first request of a partition, rejected while its leader starts, is overtaken by a second and
        // then rejected for good
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        config.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 500);
        return config;
    }

    private Map<String, Object> consuming() {
        var config = common();
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return config;
    }

    private Map<String, Object> common() {
        var config = new HashMap<String, Object>();
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return config;
    }
}
