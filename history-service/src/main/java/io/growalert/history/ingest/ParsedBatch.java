package io.growalert.history.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.NotificationEvent;
import io.growalert.events.StorableText;
import io.growalert.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The values of a batch's records, by kind. */
final class ParsedBatch {
    /** A slot further ahead of the broker's clock is an error: partitions are created for the days of slots. */
    private static final Duration FURTHEST_AHEAD = Duration.ofDays(1);

    final List<ResultWriter.Arrived> results = new ArrayList<>();
    final List<DefinitionWriter.Change> definitions = new ArrayList<>();
    final List<AlertEvent> alerts = new ArrayList<>();
    final List<NotificationEvent> notifications = new ArrayList<>();
    final Map<TopicPartition, Read> partitions = new HashMap<>();

    /**
     * How far a partition was read.
     *
     * @param stored records that are not heartbeats
     */
    record Read(long nextOffset, long stored, Instant appended) {}

    /** @param unreadable gets each record that is skipped, with the reason */
    static ParsedBatch of(
            List<ConsumerRecord<byte[], byte[]>> records,
            BiConsumer<ConsumerRecord<byte[], byte[]>, Throwable> unreadable) {
        var batch = new ParsedBatch();
        for (var record : records) {
            boolean counts = false;
            try {
                counts = batch.add(record);
            } catch (RuntimeException | StackOverflowError e) {
                unreadable.accept(record, e);
            }
            batch.read(record, counts);
        }
        return batch;
    }

    /** Only how far the record's partition was read. */
    static ParsedBatch skipping(ConsumerRecord<byte[], byte[]> record) {
        var batch = new ParsedBatch();
        batch.read(record, false);
        return batch;
    }

    private void read(ConsumerRecord<byte[], byte[]> record, boolean counts) {
        partitions.merge(
                new TopicPartition(record.topic(), record.partition()),
                new Read(record.offset() + 1, counts ? 1 : 0, Instant.ofEpochMilli(Math.max(0, record.timestamp()))),
                (before, next) -> new Read(next.nextOffset(), before.stored() + next.stored(), latest(before, next)));
    }

    private static Instant latest(Read one, Read other) {
        return one.appended().isAfter(other.appended()) ? one.appended() : other.appended();
    }

    /** False for a record without content, such as a heartbeat. */
    private boolean add(ConsumerRecord<byte[], byte[]> record) {
        var appended = Instant.ofEpochMilli(Math.max(0, record.timestamp()));
        var value = record.value();
        switch (record.topic()) {
            case Topics.MONITORS -> {
                return addDefinition(record.key(), value, appended);
            }
            case Topics.CHECK_RESULTS -> {
                return addResult(Json.read(required(value), CheckResult.class), appended);
            }
            case Topics.ALERTS -> alerts.add(Json.read(required(value), AlertEvent.class));
            case Topics.NOTIFICATIONS -> notifications.add(Json.read(required(value), NotificationEvent.class));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static byte[] required(byte @Nullable [] value) {
        if (value == null) {
            throw new IllegalArgumentException("the record has no value");
        }
        return value;
    }

    private boolean addDefinition(byte @Nullable [] key, byte @Nullable [] value, Instant appended) {
        var monitor = new String(required(key), UTF_8);
        if (!StorableText.is(monitor)) {
            throw new IllegalArgumentException("the key is no id of a monitor");
        }
        var definition = value == null ? null : Json.read(value, MonitorDefinition.class);
        if (definition != null && !definition.id().equals(monitor)) {
            throw new IllegalArgumentException("the key is not the id of the definition");
        }
        return definitions.add(new DefinitionWriter.Change(monitor, definition, appended));
    }

    private boolean addResult(CheckResult result, Instant appended) {
        if (result.monitor().equals(Heartbeat.MONITOR)) {
            return false;
        }
        if (!StorableText.is(result.monitor())) {
            throw new IllegalArgumentException("monitor is no storable text");
        }
        if (result.slot().isBefore(Instant.EPOCH) || result.slot().isAfter(appended.plus(FURTHEST_AHEAD))) {
            throw new IllegalArgumentException("slot is far from the broker's clock: " + result.slot());
        }
        return results.add(new ResultWriter.Arrived(result, appended));
    }
}
