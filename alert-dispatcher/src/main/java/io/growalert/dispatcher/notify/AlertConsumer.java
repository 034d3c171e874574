package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.events.UnreadableValue;
import io.growalert.runtime.loop.Progress;
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

/** From the topic into the database. An offset is committed only when its record is stored there, or dead-lettered. */
final class AlertConsumer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertConsumer.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** Between two looks at the end of the topic. */
    private static final Duration LAG_CHECK = Duration.ofSeconds(5);

    private static final byte[] NOTHING = {};

    private final Supplier<Consumer<byte[], byte[]>> connect;
    private final Positions positions;
    private final DeadLetters deadLetters;
    private final Pipeline pipeline;
    private final DispatchLoop dispatch;
    private final DeliveryMetrics metrics;
    private final Progress progress = new Progress("consumer");
    private final Waiter waiter = new Waiter();
    private volatile boolean stopped;
    private volatile @Nullable String obstacle;
    private int failures;
    private long lagCheckedAt = System.nanoTime();
    private Optional<String> stuck = Optional.empty();

    AlertConsumer(
            Supplier<Consumer<byte[], byte[]>> connect,
            Positions positions,
            DeadLetters deadLetters,
            Pipeline pipeline,
            DispatchLoop dispatch,
            DeliveryMetrics metrics) {
        this.connect = connect;
        this.positions = positions;
        this.deadLetters = deadLetters;
        this.pipeline = pipeline;
        this.dispatch = dispatch;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        while (!stopped) {
            progress.begin();
            try {
                consume();
            } catch (Throwable e) {
                backOff("Reading alert events failed; retrying", e);
            }
        }
    }

    /** What prevents the events from being read or stored at present; it is retried. */
    Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    Progress progress() {
        return progress;
    }

    void stop() {
        stopped = true;
        waiter.wake();
    }

    private void consume() {
        var consumer = connect.get();
        try {
            consumer.subscribe(List.of(Topics.ALERTS), positions);
            recovered();
            while (!stopped) {
                progress.begin();
                var records = consumer.poll(POLL);
                if (process(consumer, records)) {
                    end(consumer);
                }
            }
            consumer.commitSync(CLOSE);
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }

    /** False when it failed; the records are read again. */
    private boolean process(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        try {
            if (positions.areNext(consumer, records) && !records.isEmpty()) {
                store(records);
                positions.done(records);
                consumer.commitAsync();
            }
            recovered();
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            Positions.rewind(consumer, records);
            backOff("Storing alert events failed; retrying", e);
            return false;
        }
    }

    /** The round succeeded; it is no progress while events on the topic do not arrive. */
    private void end(Consumer<byte[], byte[]> consumer) {
        if (System.nanoTime() - lagCheckedAt > LAG_CHECK.toNanos()) {
            lagCheckedAt = System.nanoTime();
            stuck = positions.stuck(consumer);
        }
        stuck.ifPresentOrElse(reason -> progress.failed(new KafkaException(reason)), progress::end);
    }

    private void store(ConsumerRecords<byte[], byte[]> records) {
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
     * All in one transaction. When one of them cannot be stored, each in its own, and that one is dead-lettered before those
     * behind it are marked as processed.
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

    private void recovered() {
        failures = 0;
        obstacle = null;
    }

    /** Logs an obstacle once for as long as it is the same. */
    private void backOff(String what, Throwable e) {
        progress.failed(e);
        var pause = Duration.ofMillis(Math.min(100L << Math.min(failures++, 10), LONGEST_PAUSE.toMillis()));
        var reason = reason(e);
        if (!reason.equals(obstacle)) {
            obstacle = reason;
            LOG.atLevel(e instanceof KafkaException || e instanceof DataAccessException ? Level.WARN : Level.ERROR)
                    .setCause(e)
                    .log(what);
        }
        try {
            waiter.await(pause);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }
}
