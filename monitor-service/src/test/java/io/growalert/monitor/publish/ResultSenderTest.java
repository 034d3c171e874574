package io.growalert.monitor.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.monitor.operations.ResultsHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

class ResultSenderTest {
    private static final int PARTITIONS = 4;

    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicBoolean denied = new AtomicBoolean(true);

    @Test
    void a_connection_that_cannot_be_made_at_first_is_made_later_and_no_result_is_lost() {
        try (var sender = sender(this::connect, System::nanoTime)) {
            sender.send(new EncodedRun(List.of(new ProducerRecord<>("results", "a", new byte[1]))));

            await().until(() -> sender.acknowledged() == 1);
        }
    }

    @Test
    void nothing_connects_before_the_topic_exists_and_results_wait_for_it() {
        var topic = new CountDownLatch(1);
        var waits = new AtomicInteger();
        attempts.set(1);
        var now = new AtomicLong();
        ResultSender.ExistingTopic awaited = _ -> {
            waits.incrementAndGet();
            return topic.await(1, TimeUnit.MILLISECONDS);
        };
        try (var sender = sender(awaited, this::connect, now::get)) {
            sender.send(new EncodedRun(List.of(new ProducerRecord<>("results", "a", new byte[1]))));
            await().until(() -> waits.get() > 2 && sender.progress().isFailing());
            assertThat(attempts).hasValue(1);
            now.addAndGet(Duration.ofSeconds(11).toNanos());
            assertThat(new ResultsHealth(sender, InstantSource.system())
                            .health()
                            .getStatus())
                    .isEqualTo(Status.DOWN);

            topic.countDown();

            await().until(() -> sender.acknowledged() == 1 && !sender.progress().isFailing());
            assertThat(sender.unavailableFor()).isEmpty();
        }
    }

    @Test
    void a_stop_without_results_does_not_wait_for_the_topic() {
        var released = new CountDownLatch(1);
        var sender = sender(_ -> released.await(1, TimeUnit.MILLISECONDS), this::connect, System::nanoTime);

        sender.close();

        assertThat(sender.waiting()).isZero();
        assertThat(attempts).hasValue(0);
    }

    @Test
    void a_partition_without_a_leader_delays_only_its_own_results_and_is_named_after_30_s() {
        var now = new AtomicLong();
        var producer = new OnePartitionAway(partitionOf("a"));
        var other = partitionOf("b") == partitionOf("a") ? "c" : "b";
        try (var sender = sender(() -> producer, now::get)) {
            for (int run = 1; run <= 20; run++) {
                sender.send(new EncodedRun(List.of(new ProducerRecord<>("results", "a", new byte[1]))));
                sender.send(new EncodedRun(List.of(new ProducerRecord<>("results", other, new byte[1]))));
                int expected = run;
                await().until(() -> sender.acknowledged() == expected);
            }
            var health = new ResultsHealth(sender, InstantSource.system());
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);

            now.addAndGet(Duration.ofSeconds(31).toNanos());

            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.health().getDetails().get("stuckPartitions"))
                    .isEqualTo(Map.of(partitionOf("a"), "no result acknowledged for 31 s"));
        }
    }

    @Test
    void a_slow_start_without_results_is_over_once_the_topic_is_known() {
        var now = new AtomicLong();
        var lookUps = new AtomicInteger();
        var producer = new OnePartitionAway(-1) {
            @Override
            public List<PartitionInfo> partitionsFor(String topic) {
                if (lookUps.incrementAndGet() == 1) {
                    throw new TimeoutException("no broker");
                }
                return super.partitionsFor(topic);
            }
        };
        try (var sender = sender(() -> producer, now::get)) {
            await().until(() -> lookUps.get() > 1);

            await().until(() -> !sender.progress().isFailing());
            assertThat(sender.unavailableFor()).isEmpty();
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void results_that_a_stop_loses_while_kafka_is_away_are_logged(CapturedOutput output) {
        var sender = sender(
                () -> {
                    attempts.incrementAndGet();
                    throw new KafkaException("no resolvable bootstrap urls");
                },
                System::nanoTime);
        sender.send(new EncodedRun(List.of(new ProducerRecord<>("results", "a", new byte[1]))));
        await().until(() -> attempts.get() > 0);

        sender.close();

        assertThat(output).containsOnlyOnce("Stopped before Kafka acknowledged all results; the rest is lost");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_denial_lasts_until_a_record_is_acknowledged(CapturedOutput output) {
        var now = new AtomicLong();
        try (var sender = sender(this::connectDenied, now::get)) {
            sender.send(new EncodedRun(List.of(new ProducerRecord<>("results", "a", new byte[1]))));
            await().until(() -> attempts.get() >= 3);

            assertThat(sender.progress().isFailing()).isTrue();
            assertThat(output)
                    .containsOnlyOnce("Sending results failed; retrying with a new connection")
                    .doesNotContain("Loop recovered");
            now.addAndGet(Duration.ofSeconds(11).toNanos());
            var health = new ResultsHealth(sender, InstantSource.system());
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
            assertThat(sender.waiting()).isOne();

            denied.set(false);

            await().atMost(Duration.ofSeconds(20)).until(() -> sender.acknowledged() == 1);
            await().until(() -> !sender.progress().isFailing());
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(output).containsOnlyOnce("Loop recovered");
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void results_that_a_stop_loses_while_they_are_denied_are_logged(CapturedOutput output) {
        var sender = sender(this::connectDenied, System::nanoTime);
        sender.send(new EncodedRun(List.of(new ProducerRecord<>("results", "a", new byte[1]))));
        await().until(() -> sender.progress().isFailing());

        sender.close();

        assertThat(output).containsOnlyOnce("Stopped before Kafka acknowledged all results; the rest is lost");
    }

    private Producer<String, byte[]> connectDenied() {
        attempts.incrementAndGet();
        return new OnePartitionAway(-1) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
                if (!denied.get()) {
                    return super.send(record, callback);
                }
                var reason = new TopicAuthorizationException(record.topic());
                callback.onCompletion(null, reason);
                return CompletableFuture.failedFuture(reason);
            }
        };
    }

    private static int partitionOf(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(UTF_8))) % PARTITIONS;
    }

    /** Acknowledges everything but what is on one partition. */
    private static class OnePartitionAway extends MockProducer<String, byte[]> {
        private final int away;

        OnePartitionAway(int away) {
            super(Cluster.empty(), true, null, new StringSerializer(), new ByteArraySerializer());
            this.away = away;
        }

        @Override
        public List<PartitionInfo> partitionsFor(String topic) {
            return IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new PartitionInfo(topic, partition, null, new Node[0], new Node[0]))
                    .toList();
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
            return record.partition() == away ? new CompletableFuture<>() : super.send(record, callback);
        }
    }

    private Producer<String, byte[]> connect() {
        if (attempts.incrementAndGet() == 1) {
            throw new KafkaException("no resolvable bootstrap urls");
        }
        return new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    private static ResultSender sender(Supplier<Producer<String, byte[]>> connect, LongSupplier nanoTime) {
        return sender(_ -> true, connect, nanoTime);
    }

    private static ResultSender sender(
            ResultSender.ExistingTopic topic, Supplier<Producer<String, byte[]>> connect, LongSupplier nanoTime) {
        return new ResultSender(
                topic,
                connect,
                DataSize.ofMegabytes(1).toBytes(),
                Duration.ofSeconds(2),
                nanoTime,
                new SimpleMeterRegistry());
    }
}
