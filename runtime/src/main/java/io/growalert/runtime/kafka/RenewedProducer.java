package io.growalert.runtime.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A producer that is created on first use, because a bootstrap server whose name does not resolve must not fail the start, and anew
 * after a failure: an idempotent producer whose login was denied while it initialized is in a fatal state, and rejects every record
 * until it is replaced. After a timeout it stays.
 */
public final class RenewedProducer<K, V> implements AutoCloseable {
    private final Supplier<? extends Producer<K, V>> connect;
    private final Duration grace;
    private @Nullable Producer<K, V> current;

    /** @param grace how long {@link #close} waits for acknowledgements */
    public RenewedProducer(Supplier<? extends Producer<K, V>> connect, Duration grace) {
        this.connect = connect;
        this.grace = grace;
    }

    /** Whether there is a producer that has not failed. */
    public synchronized boolean isConnected() {
        return current != null;
    }

    /**
     * Sends the records in this order, and returns when the broker has acknowledged all.
     *
     * @throws KafkaException when it did not within the producer's delivery timeout, or rejects one
     */
    public void send(List<ProducerRecord<K, V>> records) throws InterruptedException {
        var producer = producer();
        try {
            var sent = new ArrayList<Future<?>>();
            records.forEach(record -> sent.add(producer.send(record)));
            for (var future : sent) {
                future.get();
            }
        } catch (ExecutionException e) {
            var cause = e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
            replaceAfter(cause, producer);
            throw cause;
        } catch (RuntimeException e) {
            replaceAfter(e, producer);
            throw e;
        }
    }

    private synchronized Producer<K, V> producer() {
        var open = current == null ? connect.get() : current;
        current = open;
        return open;
    }

    private void replaceAfter(RuntimeException failure, Producer<K, V> failed) {
        if (!(failure instanceof TimeoutException) && disconnect(failed)) {
            failed.close(Duration.ZERO);
        }
    }

    /** False when another thread has. */
    private synchronized boolean disconnect(Producer<K, V> failed) {
        boolean isCurrent = failed.equals(current);
        if (isCurrent) {
            current = null;
        }
        return isCurrent;
    }

    @Override
    public synchronized void close() {
        if (current != null) {
            current.close(grace);
            current = null;
        }
    }
}
