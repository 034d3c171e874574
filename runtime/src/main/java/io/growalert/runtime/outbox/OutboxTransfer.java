package io.growalert.runtime.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * The result of sending rows to Kafka.
 *
 * @param published the rows that are published
 * @param rejected the rows that Kafka rejects whenever they are sent, with the reason
 * @param failure why the others were not published; null when there are none
 */
record OutboxTransfer(
        List<OutboxRow> published,
        Map<OutboxRow, String> rejected,
        @Nullable Exception failure) {

    private record Sent(OutboxRow row, Future<RecordMetadata> answer) {}

    /**
     * Sends the rows in this order and waits for all acknowledgements. After the first send that fails no other follows, since
     * it would overtake. Of a key, no row counts as published after one that failed, although Kafka may have it: it is published
     * again in its order.
     *
     * @param timeout of all rows together
     */
    static OutboxTransfer of(
            List<OutboxRow> rows,
            Producer<String, byte[]> producer,
            Function<OutboxRow, ProducerRecord<String, byte[]>> message,
            Duration timeout)
            throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        var transfer = new OutboxTransfer(new ArrayList<>(), new LinkedHashMap<>(), null);
        var sent = new ArrayList<Sent>();
        for (var row : rows) {
            var answer = new Sent(row, producer.send(message.apply(row)));
            if (failed(answer) && !isRejected(answer.answer().exceptionNow())) {
                transfer = transfer.failedBy(answer.answer().exceptionNow());
                break;
            }
            sent.add(answer);
        }
        var failed = new HashSet<String>();
        for (var answer : sent) {
            transfer = transfer.with(answer, deadline, failed);
        }
        return transfer;
    }

    private static boolean failed(Sent sent) {
        return sent.answer().state() == Future.State.FAILED;
    }

    /** @param failed the keys of which a row failed */
    private OutboxTransfer with(Sent sent, long deadline, Set<String> failed) throws InterruptedException {
        try {
            sent.answer().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (!failed.contains(sent.row().key())) {
                published.add(sent.row());
            }
            return this;
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            if (isRejected(cause)) {
                rejected.put(sent.row(), String.valueOf(cause.getMessage()));
                return this;
            }
            failed.add(sent.row().key());
            return failedBy(cause);
        } catch (TimeoutException e) {
            failed.add(sent.row().key());
            return failedBy(new KafkaException("Kafka timed out", e));
        }
    }

    private OutboxTransfer failedBy(Throwable cause) {
        var reason = cause instanceof Exception exception ? exception : new KafkaException(cause);
        return failure == null ? new OutboxTransfer(published, rejected, reason) : this;
    }

    /** Kafka rejects this record, whenever it is sent. */
    private static boolean isRejected(Throwable cause) {
        return cause instanceof RecordTooLargeException || cause instanceof InvalidRecordException;
    }
}
