package io.growalert.monitor;

import io.growalert.events.CheckResult;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import kafka.server.BrokerServer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** A real Kafka in this JVM, and what tests want to know of it. */
final class TestBroker implements AutoCloseable {
    private final EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 3);
    private final String address;
    private final Map<String, Tail> tails = new HashMap<>();
    private final Set<String> topics = new HashSet<>();

    TestBroker(int port) {
        broker.kafkaPorts(port)
                .brokerProperties(Map.of(
                        "auto.create.topics.enable", "false",
                        "group.initial.rebalance.delay.ms", "0",
                        "group.min.session.timeout.ms", "1000",
                        "offsets.topic.num.partitions", "1"))
                .afterPropertiesSet();
        address = broker.getBrokersAsString();
    }

    String address() {
        return address;
    }

    /** The broker goes away; what it has is kept. */
    void stop() {
        server().shutdown();
        server().awaitShutdown();
    }

    void startAgain() {
        server().startup();
    }

    private BrokerServer server() {
        return Objects.requireNonNull(broker.getCluster())
                .brokers()
                .values()
                .iterator()
                .next();
    }

    void send(String topic, String key, byte @Nullable [] value) {
        Map<String, Object> config = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address());
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            var _ = producer.send(new ProducerRecord<>(topic, key, value));
        }
    }

    /** Removes every monitor, of all origins. */
    void removeMonitors() {
        records(Topics.MONITORS).stream()
                .map(ConsumerRecord::key)
                .distinct()
                .forEach(id -> send(Topics.MONITORS, id, null));
    }

    /** All records of a topic up to its present end. */
    synchronized List<ConsumerRecord<String, byte[]>> records(String topic) {
        if (!topics.contains(topic)) {
            broker.doWithAdmin(admin -> {
                try {
                    topics.addAll(admin.listTopics().names().get());
                } catch (ExecutionException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        return topics.contains(topic)
                ? tails.computeIfAbsent(topic, name -> new Tail(reader(), name)).read()
                : List.of();
    }

    private KafkaConsumer<String, byte[]> reader() {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                address(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest");
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private record Tail(
            KafkaConsumer<String, byte[]> consumer,
            String topic,
            List<TopicPartition> partitions,
            List<ConsumerRecord<String, byte[]>> seen) {
        Tail(KafkaConsumer<String, byte[]> consumer, String topic) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            this(consumer, topic, partitions, new ArrayList<>());
            consumer.assign(partitions);
        }

        List<ConsumerRecord<String, byte[]>> read() {
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(name -> consumer.position(name) < ends.getOrDefault(name, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(seen::add);
            }
            return List.copyOf(seen);
        }
    }

    /** The results on the topic, in order per monitor. */
    List<CheckResult> results(Predicate<CheckResult> which) {
        return records(Topics.CHECK_RESULTS).stream()
                .map(record -> Json.read(record.value(), CheckResult.class))
                .filter(which)
                .toList();
    }

    List<CheckResult> resultsOf(String monitor) {
        return results(result -> result.monitor().equals(monitor));
    }

    @Override
    public void close() {
        tails.values().forEach(tail -> tail.consumer().close());
        broker.destroy();
    }
}
