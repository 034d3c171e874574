package io.growalert.billing.outbox;

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
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * What came of handing some rows to Kafka.
 *
 * @param taken those that Kafka has
 * @param refused those that it will never take, with the reason
 * @param failure why the others were not told; null when there are none
 */
record Transfer(
        List<Told> taken,
        Map<Told, String> refused,
        @Nullable Exception failure) {

    private record Sent(Told row, Future<RecordMetadata> answer) {}

    /**
     * Sends the rows in this order and waits until Kafka has all of them. After the first that cannot be handed over no other
     * is: it would overtake. Of a key, nothing counts as taken after a row that may not be, though Kafka may have it: it is
     * told again in its order.
     *
     * @param patience how long Kafka may take for all of them together
     */
    static Transfer of(List<Told> rows, Producer<String, byte[]> producer, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        var transfer = new Transfer(new ArrayList<>(), new LinkedHashMap<>(), null);
        var sent = new ArrayList<Sent>();
        for (var row : rows) {
            var answer = new Sent(row, producer.send(row.record()));
            if (failed(answer) && !isRefused(answer.answer().exceptionNow())) {
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
    private Transfer with(Sent sent, long deadline, Set<String> failed) throws InterruptedException {
        try {
            sent.answer().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (!failed.contains(sent.row().key())) {
                taken.add(sent.row());
            }
            return this;
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            if (isRefused(cause)) {
                refused.put(sent.row(), String.valueOf(cause.getMessage()));
                return this;
            }
            failed.add(sent.row().key());
            return failedBy(cause);
        } catch (TimeoutException e) {
            failed.add(sent.row().key());
            return failedBy(new KafkaException("Kafka does not answer", e));
        }
    }

    private Transfer failedBy(Throwable cause) {
        var reason = cause instanceof Exception exception ? exception : new KafkaException(cause);
        return failure == null ? new Transfer(taken, refused, reason) : this;
    }

    /** It is this very record that Kafka does not take, now and for ever. */
    private static boolean isRefused(Throwable cause) {
        return cause instanceof RecordTooLargeException || cause instanceof InvalidRecordException;
    }
}
