package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.deadman.StoredHeartbeats;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.events.UnreadableValue;
import io.growalert.runtime.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * Reads alert events from the topic and stores them in the database, and the heartbeats that passed the same way. An offset is
 * committed only when its record is stored there, or dead-lettered. One round of its loop is one consumer, from joining the group
 * to leaving it.
 */
final class AlertConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(AlertConsumer.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);
    /** Between two queries of the topic's end offsets. */
    private static final Duration LAG_CHECK = Duration.ofSeconds(5);

    private static final byte[] NOTHING = {};

    private final Supplier<Consumer<byte[], byte[]>> connect;
    private final Positions positions;
    private final DeadLetters deadLetters;
    private final Pipeline pipeline;
    private final DispatchLoop dispatch;
    private final DeliveryMetrics metrics;
    private final StoredHeartbeats heartbeats;
    /** The first alert events that could not be stored yet, by partition; meanwhile heartbeats prove nothing, and are dropped. */
    private final Map<TopicPartition, Long> blocked = new HashMap<>();

    private final Loop loop = new Loop(
            "consumer",
            "Reading alert events failed; retrying",
            Notifier.LOOPS.withRetry(FIRST_RETRY, LONGEST_RETRY),
            this::consume);
    private long lagCheckedAt = System.nanoTime();
    private Optional<String> stuck = Optional.empty();

    AlertConsumer(
            Supplier<Consumer<byte[], byte[]>> connect,
            Positions positions,
            DeadLetters deadLetters,
            Pipeline pipeline,
            DispatchLoop dispatch,
            DeliveryMetrics metrics,
            StoredHeartbeats heartbeats) {
        this.connect = connect;
        this.positions = positions;
        this.deadLetters = deadLetters;
        this.pipeline = pipeline;
        this.dispatch = dispatch;
        this.metrics = metrics;
        this.heartbeats = heartbeats;
    }

    /** Its obstacle is what prevents the events from being read or stored at present. */
    Loop loop() {
        return loop;
    }

    private Duration consume(Loop loop) throws InterruptedException {
        var consumer = connect.get();
        try {
            consumer.subscribe(List.of(Topics.ALERTS, Topics.HEARTBEATS), positions);
            while (!loop.isStopping()) {
                loop.advanced();
                var records = consumer.poll(POLL);
                try {
                    process(consumer, records);
                } catch (RuntimeException | StackOverflowError e) {
                    Positions.rewind(consumer, records);
                    block(records);
                    loop.backOff("Storing alert events failed; retrying", e);
                    continue;
                }
                reportProgress(consumer);
            }
            consumer.commitSync(CLOSE);
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
        return Duration.ZERO;
    }

    private void process(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        if (positions.areNext(consumer, records) && !records.isEmpty()) {
            store(records.records(Topics.ALERTS));
            blocked.keySet().retainAll(consumer.assignment());
            blocked.entrySet().removeIf(first -> consumer.position(first.getKey()) > first.getValue());
            if (blocked.isEmpty()) {
                heartbeats.store(records.records(Topics.HEARTBEATS));
            }
            positions.done(records);
            consumer.commitAsync();
        }
    }

    private void block(ConsumerRecords<byte[], byte[]> records) {
        records.records(Topics.ALERTS)
                .forEach(record ->
                        blocked.putIfAbsent(new TopicPartition(record.topic(), record.partition()), record.offset()));
    }

    /** A poll that succeeded is no progress while events on the topic do not arrive. */
    private void reportProgress(Consumer<byte[], byte[]> consumer) {
        if (System.nanoTime() - lagCheckedAt > LAG_CHECK.toNanos()) {
            lagCheckedAt = System.nanoTime();
            stuck = positions.stuck(consumer);
        }
        if (stuck.isPresent()) {
            loop.stuck(new KafkaException(stuck.get()));
        } else if (blocked.isEmpty()) {
            loop.succeeded();
        }
    }

    private void store(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        var readable = new ArrayList<Read>();
        for (var record : records) {
            try {
                readable.add(read(record));
            } catch (RuntimeException | StackOverflowError e) {
                deadLetter(record, e);
            }
        }
        accept(readable);
    }

    private record Read(ConsumerRecord<byte[], byte[]> record, Arrival arrival) {}

    private Read read(ConsumerRecord<byte[], byte[]> record) {
        var value = record.value() == null ? NOTHING : record.value();
        var event = Json.read(value, AlertEvent.class);
        return new Read(record, new Arrival(event, new String(value, UTF_8), positions.of(record)));
    }

    /**
     * Stores all in one transaction. When a record cannot be stored, each is stored in its own transaction, and that record is
     * dead-lettered before those behind it are marked as processed.
     */
    private void accept(List<Read> reads) {
        if (reads.isEmpty()) {
            return;
        }
        try {
            int fresh = pipeline.accept(reads.stream().map(Read::arrival).toList());
            metrics.accepted(fresh, reads.size() - fresh);
            dispatch.wake();
        } catch (RuntimeException | StackOverflowError e) {
            if (!Poison.isCause(e)) {
                throw e;
            }
            if (reads.size() == 1) {
                deadLetter(reads.getFirst().record(), e);
            } else {
                reads.forEach(read -> accept(List.of(read)));
            }
        }
    }

    private void deadLetter(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
        var reason = reason(cause);
        deadLetters.send(record, reason);
        metrics.deadLetter();
        LOG.atError()
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", reason.substring(0, Math.min(200, reason.length())))
                .log("Alert event dead-lettered");
    }

    private static String reason(Throwable failure) {
        var cause = failure instanceof UnreadableValue ? failure : NestedExceptionUtils.getMostSpecificCause(failure);
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
