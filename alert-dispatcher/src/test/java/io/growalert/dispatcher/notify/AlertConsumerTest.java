package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
    void a_topic_that_is_wrong_is_told_and_tried_again_until_it_is_mended() throws Exception {
        var kafka = new KafkaSettings(TestKafka.bootstrapServers(), "mended", Duration.ofSeconds(6), 2);
        var attempts = new AtomicInteger();
        var mended = new AtomicBoolean();
        try (var bench = new Bench(folder, "ops: {fake: {}}");
                var deadLetters = new DeadLetters(TestKafka.bootstrapServers())) {
            var consumer = new AlertConsumer(
                    () -> {
                        attempts.incrementAndGet();
                        if (!mended.get()) {
                            throw new IllegalStateException("the topic is wrong");
                        }
                        return kafka.connect();
                    },
                    new Positions(new AlertsTopic(TestKafka.bootstrapServers()), new Consumed(bench.jdbc)),
                    deadLetters,
                    bench.pipeline,
                    bench.loop("mended"),
                    bench.metrics);
            var thread = Thread.ofPlatform().start(consumer);
            try {
                await().until(() -> attempts.get() >= 3);
                assertThat(consumer.obstacle()).contains("the topic is wrong");

                mended.set(true);

                await().until(() -> consumer.obstacle().equals(Optional.empty()));
            } finally {
                consumer.stop();
                thread.join(Duration.ofSeconds(20));
            }
            assertThat(thread.isAlive()).isFalse();
        }
    }
}
