package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.deadman.StoredHeartbeats;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.testkit.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertConsumerTest {
    @TempDir
    Path folder;

    @Test
    void a_wrong_topic_is_reported_and_retried_until_it_is_fixed() throws Exception {
        var kafka = new AlertConsumerSettings(
                KafkaConnection.at(TestKafka.bootstrapServers()), "fixed", Duration.ofSeconds(6), 2);
        var attempts = new AtomicInteger();
        var fixed = new AtomicBoolean();
        try (var bench = new NotifierBench(folder, "ops: {fake: {}}");
                var deadLetters = new DeadLetters(KafkaConnection.at(TestKafka.bootstrapServers()))) {
            var consumer = new AlertConsumer(
                    () -> {
                        attempts.incrementAndGet();
                        if (!fixed.get()) {
                            throw new IllegalStateException("the topic is wrong");
                        }
                        return kafka.connect();
                    },
                    new Positions(
                            new AlertsTopic(KafkaConnection.at(TestKafka.bootstrapServers())),
                            new Consumed(bench.jdbc),
                            new StoredUntil(bench.clock)),
                    deadLetters,
                    bench.pipeline,
                    bench.loop("fixed"),
                    bench.metrics,
                    new StoredHeartbeats(bench.jdbc));
            var loop = consumer.loop();
            loop.start();
            try {
                await().until(() -> attempts.get() >= 3);
                assertThat(loop.obstacle()).contains("the topic is wrong");

                fixed.set(true);

                await().until(() -> loop.obstacle().equals(Optional.empty()));
            } finally {
                loop.requestStop();
            }
            assertThat(loop.stop()).isTrue();
        }
    }
}
