package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.events.UnreadableValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;

/** From the topic into the database. An offset is committed only when its record is kept in one of the two. */
final class AlertConsumer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertConsumer.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final byte[] NOTHING = {};

    private final Supplier<Consumer<byte[], byte[]>> connect;
    private final DeadLetters deadLetters;
    private final Pipeline pipeline;
    private final DispatchLoop dispatch;
    private final DeliveryMetrics metrics;
    private final Waiter waiter = new Waiter();
    private volatile boolean stopped;
    private volatile @Nullable String obstacle;
    private int failures;

    AlertConsumer(
            Supplier<Consumer<byte[], byte[]>> connect,
            DeadLetters deadLetters,
            Pipeline pipeline,
            DispatchLoop dispatch,
            DeliveryMetrics metrics) {
        this.connect = connect;
        this.deadLetters = deadLetters;
        this.pipeline = pipeline;
        this.dispatch = dispatch;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        while (!stopped) {
            try {
                consume();
            } catch (RuntimeException e) {
                backOff("The alert events cannot be read", e);
            }
        }
    }

    /** What keeps the events from being read or kept at present; it is tried again. */
    Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    void stop() {
        stopped = true;
        waiter.wake();
    }

    private void consume() {
        var consumer = connect.get();
        try {
            consumer.subscribe(List.of(Topics.ALERTS));
            mended();
            while (!stopped) {
                var records = consumer.poll(POLL);
                if (records.isEmpty()) {
                    continue;
                }
                if (kept(records)) {
                    consumer.commitAsync();
                } else {
                    rewind(consumer, records);
                }
            }
            consumer.commitSync(CLOSE);
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }

    private boolean kept(ConsumerRecords<byte[], byte[]> records) {
        try {
            var readable = new ArrayList<Read>();
            var unusable = new ArrayList<Unusable>();
            for (var record : records) {
                try {
                    readable.add(read(record));
                } catch (UnreadableValue e) {
                    unusable.add(new Unusable(record, String.valueOf(e.getMessage())));
                }
            }
            accept(readable, unusable);
            for (var letter : unusable) {
                deadLetters.send(letter.record(), letter.reason());
                metrics.deadLetter();
                LOG.atError()
                        .addKeyValue("partition", letter.record().partition())
                        .addKeyValue("offset", letter.record().offset())
                        .log("An alert event cannot be used and is on the dead-letter topic");
            }
            mended();
            return true;
        } catch (RuntimeException e) {
            backOff("The alert events cannot be kept", e);
            return false;
        }
    }

    private record Read(ConsumerRecord<byte[], byte[]> record, Arrival arrival) {}

    private record Unusable(ConsumerRecord<byte[], byte[]> record, String reason) {}

    private static Read read(ConsumerRecord<byte[], byte[]> record) {
        var value = record.value() == null ? NOTHING : record.value();
        return new Read(record, new Arrival(Json.read(value, AlertEvent.class), new String(value, UTF_8)));
    }

    /** All in one transaction; when the database refuses one of them as it is, each in its own. */
    private void accept(List<Read> reads, List<Unusable> unusable) {
        if (reads.isEmpty()) {
            return;
        }
        try {
            int fresh = pipeline.accept(reads.stream().map(Read::arrival).toList());
            metrics.accepted(fresh, reads.size() - fresh);
            dispatch.wake();
        } catch (DataIntegrityViolationException e) {
            if (reads.size() == 1) {
                unusable.add(new Unusable(
                        reads.getFirst().record(),
                        String.valueOf(e.getMostSpecificCause().getMessage())));
            } else {
                reads.forEach(read -> accept(List.of(read), unusable));
            }
        }
    }

    private static void rewind(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        for (var partition : records.partitions()) {
            consumer.seek(partition, records.records(partition).getFirst().offset());
        }
    }

    private void mended() {
        failures = 0;
        obstacle = null;
    }

    /** Says once what is in the way, for as long as it is the same. */
    private void backOff(String what, RuntimeException e) {
        var pause = Duration.ofMillis(Math.min(100L << Math.min(failures++, 10), LONGEST_PAUSE.toMillis()));
        var reason = String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        if (!reason.equals(obstacle)) {
            obstacle = reason;
            LOG.atLevel(e instanceof KafkaException || e instanceof DataAccessException ? Level.WARN : Level.ERROR)
                    .setCause(e)
                    .log("{}; it is tried again", what);
        }
        try {
            waiter.await(pause);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }
}
