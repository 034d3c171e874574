package io.growalert.dispatcher.notify;

import io.growalert.events.DeadLetter;
import io.growalert.runtime.kafka.KafkaCluster;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Publishes records that cannot be processed, unchanged, with the reason and their origin in headers. */
final class DeadLetters implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final KafkaCluster cluster;
    private @Nullable Producer<byte[], byte[]> producer;

    DeadLetters(KafkaCluster cluster) {
        this.cluster = cluster;
    }

    private Producer<byte[], byte[]> connect() {
        return new KafkaProducer<>(
                cluster.client(Map.of(
                        ProducerConfig.ACKS_CONFIG, "all", ProducerConfig.CLIENT_ID_CONFIG, "growalert-notifier-dlt")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Returns when the broker acknowledged it.
     *
     * @throws KafkaException when the broker rejects it
     */
    synchronized void send(ConsumerRecord<byte[], byte[]> record, String reason) {
        var letter = new DeadLetter(record.topic(), record.partition(), record.offset(), reason)
                .of(record.key(), record.value(), record.headers());
        // created on first use: a bootstrap server whose name does not resolve must not fail the start
        var open = producer == null ? connect() : producer;
        producer = open;
        try {
            open.send(letter).get();
        } catch (ExecutionException e) {
            throw new KafkaException("publishing the dead letter failed; its record is read again", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(CLOSE_WITHIN);
        }
    }
}
