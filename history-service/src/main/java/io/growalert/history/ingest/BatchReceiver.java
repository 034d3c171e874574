package io.growalert.history.ingest;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.BatchConsumerAwareMessageListener;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.ListenerUtils;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Stores the records of the assigned partitions, from the offsets in the database on: those of the group are for operators only.
 * After a failure the partitions are read again from there. Used by the consumer's thread, except for {@link #positions} and {@link
 * #failure}.
 */
final class BatchReceiver
        implements BatchConsumerAwareMessageListener<byte[], byte[]>,
                ConsumerAwareRebalanceListener,
                CommonErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(BatchReceiver.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** Of one transaction, which are in memory as values; a fetch of compressed records has more. */
    private static final long MOST_BYTES = 16 << 20;

    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LONGEST_RETRY_MILLIS = 10_000;

    private final BatchWriter writer;
    private final StoredOffsets offsets;
    private final TopicIds topics;
    private final Set<TopicPartition> unplaced = new HashSet<>();
    private final Map<TopicPartition, Long> marks = new HashMap<>();
    private int failures;
    private volatile Map<TopicPartition, Long> positions = Map.of();
    private volatile @Nullable Exception failure;

    BatchReceiver(BatchWriter writer, StoredOffsets offsets, TopicIds topics) {
        this.writer = writer;
        this.offsets = offsets;
        this.topics = topics;
    }

    /** Up to where the assigned partitions are stored; control records behind that are passed. */
    Map<TopicPartition, Long> positions() {
        return positions;
    }

    /** Why the last batch was not stored; empty when it was. */
    Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    /** The container ended without asking the error handler: access is denied, or an error of this process. */
    void ended(ConsumerStoppedEvent.Reason reason) {
        if (failure == null) {
            failure = new KafkaException("the consumer ended: " + reason);
        }
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        unplaced.addAll(partitions);
        writer.reset();
        try {
            placeAll(consumer);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void onPartitionsRevokedBeforeCommit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        lost(partitions);
    }

    @Override
    public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        lost(partitions);
    }

    private void lost(Collection<TopicPartition> partitions) {
        unplaced.removeAll(partitions);
        marks.keySet().removeAll(partitions);
        writer.reset();
        positions = Map.of();
    }

    @Override
    public void onMessage(List<ConsumerRecord<byte[], byte[]>> records, @Nullable Consumer<?, ?> given) {
        var consumer = Objects.requireNonNull(given);
        if (!unplaced.isEmpty()) {
            rewind(consumer, records);
            placeAll(consumer);
            return;
        }
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < records.size(); i++) {
            bytes += Math.max(0, records.get(i).serializedValueSize());
            if (bytes >= MOST_BYTES || i == records.size() - 1) {
                writer.write(records.subList(from, i + 1), marks);
                from = i + 1;
                bytes = 0;
            }
        }
        stored(consumer);
    }

    /** No records arrived for a while. */
    void idle(Consumer<?, ?> consumer) {
        try {
            placeAll(consumer);
            // before the first fetch of a new consumer is answered, records may be there that cannot be stored
            if (failure == null || consumer.assignment().stream().allMatch(at -> isRead(consumer, at))) {
                stored(consumer);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private static boolean isRead(Consumer<?, ?> consumer, TopicPartition partition) {
        var lag = consumer.currentLag(partition);
        return lag.isPresent() && lag.getAsLong() == 0;
    }

    private void stored(Consumer<?, ?> consumer) {
        failures = 0;
        failure = null;
        var now = new HashMap<TopicPartition, Long>();
        consumer.assignment().forEach(partition -> now.put(partition, consumer.position(partition, LIMIT)));
        positions = now;
    }

    /** The records are read again. */
    private static void rewind(Consumer<?, ?> consumer, List<ConsumerRecord<byte[], byte[]>> records) {
        var first = new HashMap<TopicPartition, Long>();
        records.forEach(record ->
                first.merge(new TopicPartition(record.topic(), record.partition()), record.offset(), Math::min));
        first.forEach(consumer::seek);
    }

    private void placeAll(Consumer<?, ?> consumer) {
        unplaced.retainAll(consumer.assignment());
        if (unplaced.isEmpty()) {
            return;
        }
        var known = topics.read();
        var begins = consumer.beginningOffsets(unplaced, LIMIT);
        var ends = consumer.endOffsets(unplaced, LIMIT);
        for (var partition : Set.copyOf(unplaced)) {
            long begin = Objects.requireNonNull(begins.get(partition));
            long end = Objects.requireNonNull(ends.get(partition));
            var topic = Objects.requireNonNull(known.get(partition.topic()));
            offsets.forget(partition.topic(), topic.id(), topic.partitions());
            var mark = place(partition, topic.id(), begin, end);
            marks.put(partition, mark.nextOffset());
            consumer.seek(partition, Math.max(mark.nextOffset(), begin));
            unplaced.remove(partition);
        }
    }

    private StoredOffsets.Mark place(TopicPartition partition, String id, long begin, long end) {
        var stored = offsets.read(partition).orElse(null);
        if (stored != null && stored.topicId().equals(id) && stored.nextOffset() <= end) {
            if (stored.nextOffset() < begin) {
                warn("Records were deleted before they were stored; continuing behind them", partition, stored, begin);
            }
            return stored;
        }
        var mark = new StoredOffsets.Mark(id, stored != null && stored.topicId().equals(id) ? end : begin);
        if (stored != null) {
            var message = stored.topicId().equals(id)
                    ? "Topic has fewer records than were stored; continuing at its end"
                    : "Topic was re-created; continuing at its first record";
            warn(message, partition, stored, mark.nextOffset());
        }
        offsets.place(partition, stored, mark);
        return mark;
    }

    private static void warn(String message, TopicPartition partition, StoredOffsets.Mark stored, long next) {
        LOG.atWarn()
                .addKeyValue("topic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .addKeyValue("stored", stored.nextOffset())
                .addKeyValue("offset", next)
                .log(message);
    }

    private void failed(Exception e) {
        failures++;
        failure = e;
    }

    @Override
    public boolean seeksAfterHandling() {
        return true;
    }

    @Override
    public boolean isAckAfterHandle() {
        return false;
    }

    /** The container logs nothing; the loop that watches it does. */
    @Override
    public void handleBatch(
            Exception thrown,
            ConsumerRecords<?, ?> records,
            Consumer<?, ?> consumer,
            MessageListenerContainer container,
            Runnable invokeListener) {
        readAgain(thrown, consumer, container);
    }

    /** A poll failed. */
    @Override
    public void handleOtherException(
            Exception thrown, Consumer<?, ?> consumer, MessageListenerContainer container, boolean batchListener) {
        readAgain(thrown, consumer, container);
    }

    private void readAgain(Exception thrown, Consumer<?, ?> consumer, MessageListenerContainer container) {
        var cause = thrown.getCause() instanceof Exception inner
                        && thrown instanceof org.springframework.kafka.KafkaException
                ? inner
                : thrown;
        failed(cause);
        unplaced.addAll(consumer.assignment());
        try {
            placeAll(consumer);
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("Placing the consumer failed; retrying with the next records");
        }
        long wait = Math.min(LONGEST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(failures, 7));
        try {
            ListenerUtils.stoppableSleep(container, wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
