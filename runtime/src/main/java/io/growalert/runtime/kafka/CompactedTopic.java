package io.growalert.runtime.kafka;

import io.growalert.runtime.loop.Loop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The last value of each key of a compacted topic, read whole, outside of any group, and followed. After a failure, and when the topic
 * has other partitions, it is read again; until its end is reached, the values before stay.
 *
 * @param <V> what is stored for a key
 */
public final class CompactedTopic<V> {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** While it is followed: an unreachable broker must not delay the records of the others. */
    private static final Duration SHORT_LIMIT = Duration.ofSeconds(1);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final int METADATA_MAX_AGE_MILLIS = 10_000;
    /** Until the end is reached, for which callers wait. */
    private static final Duration FIRST_POLL = Duration.ofMillis(200);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration MOST_RETRY = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** After this, from the first response of the broker on, the caller decides without the topic. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KafkaConnection connection;
    private final String topic;
    private final Function<ConsumerRecord<String, byte[]>, @Nullable V> reader;
    private final BinaryOperator<V> latest;
    private final InstantSource clock;
    private final Loop loop;
    private volatile @Nullable Map<String, V> values;
    private volatile Instant readUntil = Instant.EPOCH;
    private volatile boolean missing;
    private volatile @Nullable Long reachedAt;

    /** @param reader the value of a record, or null when it removes its key; the last record of a key counts */
    public CompactedTopic(
            KafkaConnection connection, String topic, Function<ConsumerRecord<String, byte[]>, @Nullable V> reader) {
        this(connection, topic, reader, (_, read) -> read, InstantSource.system());
    }

    /**
     * @param reader the value of a record, or null when it removes its key
     * @param latest which counts of a key's value so far and one that was read after it: a producer may repeat records, and records of
     *     different partitions have no order
     */
    public CompactedTopic(
            KafkaConnection connection,
            String topic,
            Function<ConsumerRecord<String, byte[]>, @Nullable V> reader,
            BinaryOperator<V> latest,
            InstantSource clock) {
        this.connection = connection;
        this.topic = topic;
        this.reader = reader;
        this.latest = latest;
        this.clock = clock;
        this.loop = new Loop(
                topic,
                "Reading %s failed; retrying".formatted(topic),
                Loop.Options.DEFAULT.withRetry(RETRY, MOST_RETRY).withGrace(GRACE),
                this::follow);
    }

    /** The values by key; empty until the topic was read to its end once. */
    public Optional<Map<String, V>> values() {
        return Optional.ofNullable(values);
    }

    /** What was on the topic at this instant is among the values, if these are read afterwards. */
    public Instant readUntil() {
        return readUntil;
    }

    /** Whether the topic was read to its end once, does not exist, or could not be read within 10 s from a reachable broker. */
    public boolean isReady() {
        var reached = reachedAt;
        return values != null || missing || (reached != null && System.nanoTime() - reached > PATIENCE.toNanos());
    }

    public void start() {
        loop.start();
    }

    public void stop() {
        loop.stop();
    }

    public boolean isRunning() {
        return loop.isRunning();
    }

    /** Reads the topic from its beginning until the loop stops, or reading fails. */
    private Duration follow(Loop following) {
        try (var consumer = connect()) {
            var partitions = partitions(consumer);
            reached();
            missing = partitions.isEmpty();
            if (missing) {
                return RETRY;
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var read = new ConcurrentHashMap<String, V>();
            var ends = ends(consumer, partitions, LIMIT);
            boolean isReached = false;
            long lookAt = 0;
            while (!following.isStopping()) {
                consumer.poll(isReached ? POLL : FIRST_POLL).forEach(record -> apply(record, read));
                if (!isReached && ends.areReached(consumer)) {
                    isReached = true;
                    values = read;
                    readUntil = ends.asOf();
                    lookAt = System.nanoTime() + LOOK_EVERY.toNanos();
                }
                if (isReached && System.nanoTime() - lookAt > 0) {
                    if (!partitions.equals(partitions(consumer))) {
                        return Duration.ZERO;
                    }
                    var later = laterEnds(consumer, partitions);
                    isReached = later.isEmpty();
                    ends = later.orElse(ends);
                    lookAt = System.nanoTime() + LOOK_EVERY.toNanos();
                }
                following.succeeded();
            }
        } catch (TimeoutException e) {
            throw e;
        } catch (KafkaException e) {
            reached();
            throw e;
        }
        return Duration.ZERO;
    }

    /** The broker responded, or waiting for it does not help. */
    private void reached() {
        if (reachedAt == null) {
            reachedAt = System.nanoTime();
        }
    }

    private Set<TopicPartition> partitions(Consumer<String, byte[]> consumer) {
        var known = consumer.partitionsFor(topic, LIMIT);
        return known == null
                ? Set.of()
                : known.stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .collect(Collectors.toSet());
    }

    private void apply(ConsumerRecord<String, byte[]> record, Map<String, V> read) {
        var value = reader.apply(record);
        if (record.key() == null) {
            return;
        }
        if (value == null) {
            read.remove(record.key());
        } else {
            read.merge(record.key(), value, latest);
        }
    }

    /**
     * The ends of all partitions.
     *
     * @param asOf when they were requested
     */
    private record PartitionEnds(Map<TopicPartition, Long> offsets, Instant asOf) {
        boolean areReached(Consumer<String, byte[]> consumer) {
            return offsets.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey(), LIMIT) >= end.getValue());
        }
    }

    private PartitionEnds ends(Consumer<String, byte[]> consumer, Set<TopicPartition> partitions, Duration limit) {
        var asOf = clock.instant();
        return new PartitionEnds(consumer.endOffsets(partitions, limit), asOf);
    }

    /** Empty while a broker is unreachable. */
    private Optional<PartitionEnds> laterEnds(Consumer<String, byte[]> consumer, Set<TopicPartition> partitions) {
        try {
            return Optional.of(ends(consumer, partitions, SHORT_LIMIT));
        } catch (TimeoutException e) {
            return Optional.empty();
        }
    }

    private Consumer<String, byte[]> connect() {
        return new KafkaConsumer<>(
                connection.consumer(Map.of(
                        CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        500,
                        CommonClientConfigs.METADATA_MAX_AGE_CONFIG,
                        METADATA_MAX_AGE_MILLIS,
                        CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG,
                        false,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest")),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }
}
