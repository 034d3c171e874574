package io.growalert.dispatcher.state;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this instance's partitions make progress: a partition is stalled when it has records behind its committed offset, and
 * that offset has not moved for {@link Progress#LIMIT}. It queries the broker, since the threads may hang. While this instance owns
 * no partition it checks all of them, since a group that does not finish rebalancing makes no progress either.
 */
final class StateLag {
    private static final Logger LOG = LoggerFactory.getLogger(StateLag.class);
    private static final int SAMPLES_KEPT = 6;
    private static final Duration WITHIN = Duration.ofSeconds(3);

    private final Admin admin;
    private final Supplier<Set<TopicPartition>> owned;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Position> positions = new HashMap<>();
    private volatile @Nullable String stalled;
    private int failed;

    /** A partition's committed offset, and since when it has not moved, in monotonic time. */
    private record Position(long committed, long since) {}

    StateLag(Admin admin, KafkaStreams streams) {
        this(admin, () -> activeIn(streams), System::nanoTime);
    }

    /** @param owned the partitions that this instance owns */
    StateLag(Admin admin, Supplier<Set<TopicPartition>> owned, LongSupplier nanoTime) {
        this.admin = admin;
        this.owned = owned;
        this.nanoTime = nanoTime;
    }

    private static Set<TopicPartition> activeIn(KafkaStreams streams) {
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .flatMap(task -> task.topicPartitions().stream())
                .collect(Collectors.toSet());
    }

    /** Why the state counts as stalled; empty while it makes progress. */
    Optional<String> stalled() {
        return Optional.ofNullable(stalled);
    }

    /** To be called every few seconds. */
    void sample() {
        try {
            stalled = stalledPartition(partitions()).orElse(null);
            failed = 0;
        } catch (ExecutionException | TimeoutException e) {
            unknown(e);
            LOG.atDebug().setCause(e).log("Lag is unknown; the next sample follows");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            unknown(e);
            LOG.atWarn().setCause(e).log("Measuring the lag failed; the next sample follows");
        }
    }

    /** The last sample stays valid for six failed ones. A group whose coordinator fails has no offsets, and makes no progress. */
    private void unknown(Exception why) {
        if (++failed > SAMPLES_KEPT) {
            var cause = why instanceof ExecutionException ? why.getCause() : why;
            stalled = "the lag is unknown: " + cause;
            positions.clear();
        }
    }

    private Set<TopicPartition> partitions() throws ExecutionException, InterruptedException, TimeoutException {
        var own = owned.get();
        return own.isEmpty() ? allPartitions() : own;
    }

    private Set<TopicPartition> allPartitions() throws ExecutionException, InterruptedException, TimeoutException {
        var all = new HashSet<TopicPartition>();
        within(admin.describeTopics(StateTopology.READ).allTopicNames()).forEach((topic, description) -> description
                .partitions()
                .forEach(partition -> all.add(new TopicPartition(topic, partition.partition()))));
        return all;
    }

    private Optional<String> stalledPartition(Collection<TopicPartition> partitions)
            throws ExecutionException, InterruptedException, TimeoutException {
        positions.keySet().retainAll(partitions);
        var committed = within(
                admin.listConsumerGroupOffsets(StreamsSettings.APPLICATION_ID).partitionsToOffsetAndMetadata());
        var first = offsets(partitions, OffsetSpec.earliest());
        var end = offsets(partitions, OffsetSpec.latest());
        long now = nanoTime.getAsLong();
        Optional<String> found = Optional.empty();
        for (var partition : partitions) {
            @Nullable OffsetAndMetadata offset = committed.get(partition);
            long at = Math.max(offset == null ? 0 : offset.offset(), first.getOrDefault(partition, 0L));
            var before = positions.get(partition);
            var position = before == null || before.committed != at ? new Position(at, now) : before;
            positions.put(partition, position);
            long lag = end.getOrDefault(partition, 0L) - at;
            var age = Duration.ofNanos(now - position.since);
            if (lag <= 0) {
                positions.put(partition, new Position(at, now));
            } else if (age.compareTo(Progress.LIMIT) > 0) {
                found = Optional.of(
                        "%s: %d records behind, no progress for %d s".formatted(partition, lag, age.toSeconds()));
            }
        }
        return found;
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException, TimeoutException {
        var queried = partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> which));
        var offsets = new HashMap<TopicPartition, Long>();
        within(admin.listOffsets(queried).all()).forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private static <T> T within(KafkaFuture<T> future)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }
}
