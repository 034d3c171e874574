package io.growalert.dispatcher;

import io.growalert.events.SeriesResult;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.selfwatch.SystemFact;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The dead-letter topics that got records within the last hour: whose last records are that young, or which have grown since the
 * start, because a record that was read late is dead-lettered with its old timestamp.
 */
final class RecentDeadLetters implements AutoCloseable {
    private static final List<String> TOPICS = Stream.of(
                    Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERT_COMMANDS, Topics.ALERTS)
            .map(Topics::deadLetters)
            .toList();
    private static final Duration RECENT = Duration.ofHours(1);
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final KafkaConnection connection;
    private final InstantSource clock;
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<String, Instant> grown = new HashMap<>();
    private @Nullable Admin admin;

    RecentDeadLetters(KafkaConnection connection, InstantSource clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /** One series for each topic; the value is the number of partitions with recent ones. */
    synchronized List<SeriesResult> read() throws Exception {
        var now = clock.instant();
        var partitions = partitions();
        var latest = offsets(partitions, OffsetSpec.latest());
        var recent =
                offsets(partitions, OffsetSpec.forTimestamp(now.minus(RECENT).toEpochMilli()));
        var found = new TreeMap<String, Integer>();
        for (var partition : partitions) {
            long end = latest.getOrDefault(partition, 0L);
            var before = ends.put(partition, end);
            if (before != null && end > before) {
                grown.put(partition.topic(), now);
            }
            if (recent.getOrDefault(partition, -1L) >= 0) {
                found.merge(partition.topic(), 1, Integer::sum);
            }
        }
        grown.values().removeIf(at -> at.isBefore(now.minus(RECENT)));
        grown.keySet().forEach(topic -> found.putIfAbsent(topic, 1));
        return found.entrySet().stream()
                .map(topic -> SystemFact.failed(
                        Map.of("topic", topic.getKey()),
                        topic.getValue(),
                        "records dead-lettered within the last hour"))
                .toList();
    }

    private List<TopicPartition> partitions() throws Exception {
        var partitions = new ArrayList<TopicPartition>();
        for (var topic : admin().describeTopics(TOPICS).topicNameValues().entrySet()) {
            try {
                get(topic.getValue())
                        .partitions()
                        .forEach(
                                partition -> partitions.add(new TopicPartition(topic.getKey(), partition.partition())));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                // not created yet, so without dead letters
            }
        }
        return partitions;
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which) throws Exception {
        var queried = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> queried.put(partition, which));
        var offsets = new HashMap<TopicPartition, Long>();
        get(admin().listOffsets(queried).all()).forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private static <T> T get(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Admin admin() {
        var open = admin;
        if (open == null) {
            open = Admin.create(
                    connection.client(Map.of(CommonClientConfigs.CLIENT_ID_CONFIG, "growalert-dead-letters")));
            admin = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
