package io.growalert.dispatcher.notify;

import io.growalert.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer's position in growalert.alerts; other topics that it reads have none. The database's mark wins: an assigned partition is read from there when the group's
 * offset is ahead of it, as after a restore of the database. Used by the consumer's thread only.
 */
final class Positions implements ConsumerRebalanceListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Positions.class);
    private static final Duration POSITION_LIMIT = Duration.ofSeconds(3);

    private final AlertsTopic topic;
    private final Consumed consumed;
    private final StoredUntil storedUntil;
    private final Set<TopicPartition> unplaced = new HashSet<>();
    private final Map<TopicPartition, Long> read = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private String topicId = "";

    Positions(AlertsTopic topic, Consumed consumed, StoredUntil storedUntil) {
        this.topic = topic;
        this.consumed = consumed;
        this.storedUntil = storedUntil;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        unplaced.addAll(ofAlerts(partitions));
        storedUntil.assigned(ofAlerts(partitions));
    }

    private static List<TopicPartition> ofAlerts(Collection<TopicPartition> partitions) {
        return partitions.stream()
                .filter(partition -> partition.topic().equals(Topics.ALERTS))
                .toList();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        unplaced.removeAll(partitions);
        read.keySet().removeAll(partitions);
        positions.keySet().removeAll(partitions);
        storedUntil.revoked(partitions);
    }

    /**
     * Whether these records are the next to process. If not, the consumer was repositioned and must poll again: after an
     * assignment, and when a partition begins again because the topic was deleted and created again.
     */
    boolean areNext(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        for (var partition : ofAlerts(records.partitions())) {
            if (records.records(partition).getFirst().offset() < read.getOrDefault(partition, 0L)) {
                unplaced.addAll(ofAlerts(consumer.assignment()));
            }
        }
        unplaced.retainAll(consumer.assignment());
        if (unplaced.isEmpty()) {
            return true;
        }
        rewind(consumer, records);
        topicId = topic.id();
        var ends = topic.ends(unplaced);
        unplaced.forEach(partition -> place(consumer, partition, ends.getOrDefault(partition, 0L)));
        unplaced.clear();
        return false;
    }

    private void place(Consumer<byte[], byte[]> consumer, TopicPartition partition, long end) {
        read.remove(partition);
        long position = consumer.position(partition, POSITION_LIMIT);
        var mark = consumed.mark(topicId, partition.partition());
        if (mark.isEmpty()) {
            consumed.begin(topicId, partition.partition(), position);
            return;
        }
        long next = mark.get().nextOffset();
        if (next > end) {
            consumed.lower(topicId, partition.partition(), end);
            LOG.atWarn()
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("processed", next)
                    .addKeyValue("end", end)
                    .log("Topic lost records that were processed; continuing at its end");
        }
        long target = Math.min(next, end);
        if (target < position) {
            // usually by the control record of a transaction; by more after the database was restored
            LOG.atDebug()
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", target)
                    .addKeyValue("groupOffset", position)
                    .log("Reading from the offset in the database");
            consumer.seek(partition, target);
        }
    }

    /** Marks these records as processed. */
    void done(ConsumerRecords<byte[], byte[]> records) {
        for (var partition : ofAlerts(records.partitions())) {
            var last = records.records(partition).getLast();
            read.put(partition, last.offset() + 1);
            storedUntil.stored(partition, Instant.ofEpochMilli(last.timestamp()));
        }
    }

    /** Seeks back, so that these records are read again. */
    static void rewind(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        for (var partition : records.partitions()) {
            consumer.seek(partition, records.records(partition).getFirst().offset());
        }
    }

    Arrival.Offset of(ConsumerRecord<byte[], byte[]> record) {
        return new Arrival.Offset(
                topicId,
                record.partition(),
                record.offset(),
                record.leaderEpoch().orElse(-1));
    }

    /**
     * Why events on the topic were not received since the last call; empty when they were. An open transaction of any producer
     * blocks all records behind it.
     */
    Optional<String> stuck(Consumer<byte[], byte[]> consumer) {
        try {
            var now = storedUntil.now();
            var ends = topic.ends(ofAlerts(consumer.assignment()));
            var before = Map.copyOf(positions);
            positions.clear();
            var stuck = Optional.<String>empty();
            for (var end : ends.entrySet()) {
                var partition = end.getKey();
                long position = consumer.position(partition, POSITION_LIMIT);
                positions.put(partition, position);
                if (position >= end.getValue()) {
                    storedUntil.stored(partition, now);
                }
                if (position < end.getValue() && before.getOrDefault(partition, -1L) == position) {
                    stuck = Optional.of(
                            "%s does not advance from offset %d although it ends at %d; an open transaction may block it"
                                    .formatted(partition, position, end.getValue()));
                }
            }
            storedUntil.checked();
            return stuck;
        } catch (KafkaException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        topic.close();
    }
}
