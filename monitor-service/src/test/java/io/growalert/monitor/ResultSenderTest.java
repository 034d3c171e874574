package io.growalert.monitor;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class ResultSenderTest {
    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void a_connection_that_cannot_be_made_at_first_is_made_later_and_no_result_is_lost() {
        try (var sender =
                new ResultSender(this::connect, settings(), InstantSource.system(), new SimpleMeterRegistry())) {
            sender.send(new EncodedRun(List.of(new ProducerRecord<>("results", "a", new byte[1]))));

            await().until(() -> sender.acknowledged() == 1);
        }
    }

    private Producer<String, byte[]> connect() {
        if (attempts.incrementAndGet() == 1) {
            throw new KafkaException("no resolvable bootstrap urls");
        }
        return new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    private static MonitorServiceSettings settings() {
        return new MonitorServiceSettings(
                "127.0.0.1:1",
                List.of(Path.of("unused.yaml")),
                "default",
                false,
                Path.of("unused"),
                1,
                Duration.ofSeconds(10),
                DataSize.ofMegabytes(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                new MonitorServiceSettings.DeadMan(null, Duration.ofMinutes(1)));
    }
}
