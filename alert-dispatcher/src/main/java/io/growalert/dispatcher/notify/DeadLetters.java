package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Where records go that cannot be used: as they were, with the reason in a header. */
final class DeadLetters implements AutoCloseable {
    static final String REASON_HEADER = "growalert-reason";

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;

    DeadLetters(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "growalert-notifier-dlt"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Returns when the broker has it.
     *
     * @throws KafkaException when the broker does not take it
     */
    void send(ConsumerRecord<byte[], byte[]> record, String reason) {
        var why = "%s (%s-%d at %d)".formatted(reason, record.topic(), record.partition(), record.offset());
        var headers = new RecordHeaders(record.headers().toArray()).add(REASON_HEADER, why.getBytes(UTF_8));
        var copy = new ProducerRecord<>(
                Topics.deadLetters(record.topic()), null, null, record.key(), record.value(), headers);
        try {
            producer.send(copy).get();
        } catch (ExecutionException e) {
            throw new KafkaException("the dead letter is not kept; its record is read again", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE_WITHIN);
    }
}
