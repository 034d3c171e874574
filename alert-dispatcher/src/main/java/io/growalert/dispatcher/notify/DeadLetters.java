package io.growalert.dispatcher.notify;

import io.growalert.events.DeadLetter;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.RenewedProducer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes records that cannot be processed, unchanged, with the reason and their origin in headers. */
final class DeadLetters implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final RenewedProducer<byte[], byte[]> producer;

    DeadLetters(KafkaConnection connection) {
        producer = new RenewedProducer<>(() -> connect(connection), CLOSE_WITHIN);
    }

    private static Producer<byte[], byte[]> connect(KafkaConnection connection) {
        return new KafkaProducer<>(
                connection.client(Map.of(
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
        try {
            producer.send(List.of(letter));
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw new KafkaException("publishing the dead letter failed; its record is read again", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public synchronized void close() {
        producer.close();
    }
}
