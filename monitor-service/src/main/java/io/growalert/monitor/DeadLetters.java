package io.growalert.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Puts aside what could not be read, as it was, with the reason and where it came from in headers. */
@Component
final class DeadLetters {
    static final String REASON = "growalert-reason";
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final Kafka kafka;
    private final Counter counter;

    DeadLetters(Kafka kafka, MeterRegistry meters) {
        this.kafka = kafka;
        this.counter = meters.counter("growalert.definitions.unreadable");
    }

    /** Waits until Kafka has it; throws a KafkaException when it does not. */
    void send(ConsumerRecord<String, byte[]> poison, RuntimeException reason) {
        LOG.atError()
                .setCause(reason)
                .addKeyValue("monitorId", poison.key())
                .addKeyValue("partition", poison.partition())
                .addKeyValue("offset", poison.offset())
                .log("a definition cannot be used; it goes to the dead-letter topic, the others go on");
        var letter = new ProducerRecord<>(
                Topics.deadLetters(poison.topic()), null, poison.key(), poison.value(), poison.headers());
        var origin = "%s-%d@%d".formatted(poison.topic(), poison.partition(), poison.offset());
        letter.headers()
                .add(REASON, String.valueOf(reason.getMessage()).getBytes(UTF_8))
                .add("growalert-record", origin.getBytes(UTF_8));
        try (var producer = kafka.sender()) {
            var _ = producer.send(letter).get();
        } catch (ExecutionException e) {
            throw new KafkaException("a dead letter was not taken", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
        counter.increment();
    }
}
