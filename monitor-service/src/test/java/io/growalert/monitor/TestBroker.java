package io.growalert.monitor;

import io.growalert.events.CheckResult;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.SystemMonitor;
import io.growalert.events.Topics;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TopicReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A real Kafka in this JVM, with what tests send to it and read from it. */
final class TestBroker implements AutoCloseable {
    private final TestKafka kafka = new TestKafka();
    private final Map<String, TopicReader> readers = new ConcurrentHashMap<>();

    String address() {
        return kafka.address();
    }

    /** The broker stops; its data stays. */
    void stop() {
        kafka.stop();
    }

    void startAgain() {
        kafka.restart();
    }

    void send(String topic, String key, byte @Nullable [] value) {
        Map<String, Object> config = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address());
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            var _ = producer.send(new ProducerRecord<>(topic, key, value));
        }
    }

    /** Removes every monitor of every origin. */
    void removeMonitors() {
        records(Topics.MONITORS).stream()
                .map(ConsumerRecord::key)
                .distinct()
                .forEach(id -> send(Topics.MONITORS, id, null));
    }

    /** All records of a topic up to its present end. */
    List<ConsumerRecord<String, byte[]>> records(String topic) {
        return readers.computeIfAbsent(topic, name -> new TopicReader(address(), name))
                .records();
    }

    /** The results on the topic, in order per monitor; without heartbeats and those of services about themselves. */
    List<CheckResult> results(Predicate<CheckResult> which) {
        return records(Topics.CHECK_RESULTS).stream()
                .filter(record -> !record.key().equals(Heartbeat.MONITOR) && !SystemMonitor.isId(record.key()))
                .map(record -> Json.read(record.value(), CheckResult.class))
                .filter(which)
                .toList();
    }

    List<CheckResult> resultsOf(String monitor) {
        return results(result -> result.monitor().equals(monitor));
    }

    @Override
    public void close() {
        readers.values().forEach(TopicReader::close);
        kafka.close();
    }
}
