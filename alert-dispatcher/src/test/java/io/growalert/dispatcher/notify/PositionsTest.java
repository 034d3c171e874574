package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.testkit.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PositionsTest {
    private static final TopicPartition PARTITION = new TopicPartition(Topics.ALERTS, 0);

    @TempDir
    Path folder;

    private final AlertsTopic topic = new AlertsTopic(KafkaConnection.at(TestKafka.bootstrapServers()));
    private NotifierBench bench;
    private Consumed consumed;
    private Positions positions;
    private StoredUntil storedUntil;
    private Consumer<byte[], byte[]> consumer;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
        consumed = new Consumed(bench.jdbc);
        storedUntil = new StoredUntil(InstantSource.system());
        positions = new Positions(topic, consumed, storedUntil);
        consumer = new AlertConsumerSettings(
                        KafkaConnection.at(TestKafka.bootstrapServers()), "positions", Duration.ofSeconds(6), 2)
                .connect();
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
        positions.onPartitionsAssigned(List.of(PARTITION));
    }

    @AfterEach
    void close() {
        positions.close();
        consumer.close();
        bench.close();
    }

    @Test
    void an_open_transaction_of_any_producer_is_reported_until_it_ends() throws Exception {
        readToTheEnd();
        try (var foreign = producer(Map.of("transactional.id", "foreign-" + UUID.randomUUID()))) {
            foreign.initTransactions();
            foreign.beginTransaction();
            foreign.send(event()).get(20, SECONDS);
            assertThat(positions.stuck(consumer)).isEmpty();
            consumer.poll(Duration.ofMillis(500));

            assertThat(positions.stuck(consumer)).hasValueSatisfying(reason -> assertThat(reason)
                    .contains("growalert.alerts-0 does not advance")
                    .contains("transaction"));

            foreign.abortTransaction();
        }
        await().atMost(20, SECONDS).untilAsserted(() -> {
            consumer.poll(Duration.ofMillis(100));
            assertThat(positions.stuck(consumer)).isEmpty();
        });
    }

    @Test
    void events_are_stored_until_a_comparison_with_the_topics_end_and_not_beyond_an_unread_one() throws Exception {
        assertThat(storedUntil.get()).isEqualTo(Instant.EPOCH);
        readToTheEnd();
        var before = Instant.now();
        assertThat(positions.stuck(consumer)).isEmpty();
        var read = storedUntil.get();
        assertThat(read).isBetween(before.minusMillis(1), Instant.now());

        try (var producer = producer(Map.of())) {
            producer.send(event()).get(20, SECONDS);
        }
        assertThat(positions.stuck(consumer)).isPresent();
        assertThat(storedUntil.get()).isEqualTo(read);

        readToTheEnd();
        assertThat(storedUntil.get()).isAfterOrEqualTo(read);
        assertThat(positions.stuck(consumer)).isEmpty();
        assertThat(storedUntil.get()).isAfter(read);
    }

    @Test
    void a_topic_that_lost_records_is_read_from_its_end() throws Exception {
        try (var producer = producer(Map.of())) {
            producer.send(event()).get(20, SECONDS);
        }
        long end = end();
        consumed.begin(topic.id(), 0, end + 10);

        await().atMost(20, SECONDS).until(() -> positions.areNext(consumer, consumer.poll(Duration.ofMillis(100))));

        // what is written at these offsets from now on is new
        assertThat(consumed.mark(topic.id(), 0)).contains(new Consumed.Mark(end, -1));
        assertThat(consumer.position(PARTITION)).isLessThanOrEqualTo(end);
    }

    @Test
    void a_recreated_topic_is_read_from_its_start() throws Exception {
        consumed.begin("another", 0, 1_000_000);
        try (var producer = producer(Map.of())) {
            producer.send(event()).get(20, SECONDS);
        }

        readToTheEnd();

        assertThat(consumed.mark(topic.id(), 0)).isPresent();
        assertThat(consumed.mark("another", 0)).contains(new Consumed.Mark(1_000_000, -1));
    }

    @Test
    void a_record_of_a_higher_leader_epoch_is_no_repetition() {
        var mark = new Consumed.Mark(100, 3);

        assertThat(mark.covers(new Arrival.Offset("topic", 0, 99, 3))).isTrue();
        assertThat(mark.covers(new Arrival.Offset("topic", 0, 99, 2))).isTrue();
        assertThat(mark.covers(new Arrival.Offset("topic", 0, 99, 4))).isFalse();
        assertThat(mark.covers(new Arrival.Offset("topic", 0, 100, 3))).isFalse();
    }

    private void readToTheEnd() {
        await().atMost(20, SECONDS).until(() -> {
            var records = consumer.poll(Duration.ofMillis(100));
            if (!positions.areNext(consumer, records)) {
                return false;
            }
            positions.done(records);
            return consumer.position(PARTITION) >= end();
        });
    }

    private long end() {
        return topic.ends(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
    }

    private static ProducerRecord<byte[], byte[]> event() {
        var event = AlertEvents.of("positions-" + UUID.randomUUID(), "ops").firing(0);
        return new ProducerRecord<>(Topics.ALERTS, 0, null, Json.write(event));
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        var all = new HashMap<>(settings);
        all.put("bootstrap.servers", TestKafka.bootstrapServers());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
