package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.Events;
import io.growalert.dispatcher.TestKafka;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifierTest {
    private static final int EVENTS = 20;

    @TempDir
    Path folder;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Events> events = IntStream.range(0, EVENTS)
            .mapToObj(number -> Events.of("outage-" + UUID.randomUUID(), "ops"))
            .toList();

    @Test
    void aDatabaseThatIsDownWhileEventsArriveLosesNone() throws Exception {
        try (var bench = new Bench(folder, "ops: {fake: {}, concurrency: 20}")) {
            bench.scripts.put("ops", notification -> {
                told.add(notification.event().monitor());
                return new Outcome.Delivered("ok");
            });
            var down = new AtomicBoolean();
            var refused = new AtomicInteger();
            bench.database.refuseWhen(() -> down.get() && refused.incrementAndGet() > 0);
            var notifier = notifier(bench, "outage");
            notifier.start();
            down.set(true);
            publish();
            await().atMost(20, SECONDS).until(() -> refused.get() > 20);
            assertThat(told).isEmpty();

            down.set(false);

            await().atMost(30, SECONDS).until(() -> told.size() >= EVENTS);
            notifier.stop();
            assertThat(told)
                    .containsExactlyInAnyOrderElementsOf(
                            events.stream().map(Events::monitor).toList());
        }
    }

    @Test
    void whatArrivesWhileNobodyRunsIsToldAfterTheNextStart() throws Exception {
        try (var bench = new Bench(folder, "ops: {fake: {}, concurrency: 20}")) {
            bench.scripts.put("ops", notification -> {
                told.add(notification.event().monitor());
                return new Outcome.Delivered("ok");
            });
            var first = notifier(bench, "restart");
            first.start();
            first.stop();
            publish();

            var second = notifier(bench, "restart");
            second.start();

            await().atMost(30, SECONDS).until(() -> told.size() >= EVENTS);
            second.stop();
            assertThat(told)
                    .containsExactlyInAnyOrderElementsOf(
                            events.stream().map(Events::monitor).toList());
        }
    }

    @Test
    void aThreadThatDiesIsNamed() {
        try (var bench = new Bench(folder, "ops: {fake: {}}")) {
            var notifier = notifier(bench, "dying");
            notifier.start();
            assertThat(notifier.deadThreads()).isEmpty();

            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("notifier-upkeep"))
                    .forEach(Thread::interrupt);

            await().atMost(20, SECONDS)
                    .untilAsserted(() -> assertThat(notifier.deadThreads()).containsExactly("notifier-upkeep"));
            notifier.stop();
            assertThat(notifier.deadThreads()).isEmpty();
        }
    }

    private static Notifier notifier(Bench bench, String instance) {
        var options = new Notifier.Options(
                TestKafka.bootstrapServers(),
                instance,
                2,
                Duration.ofSeconds(6),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofDays(90));
        return new Notifier(
                options,
                bench.pipeline,
                bench.deliveries,
                bench.mutes,
                bench.receivers,
                bench.metrics,
                bench.jdbc,
                bench.database.transaction(),
                bench.clock);
    }

    private void publish() throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (var one : events) {
                producer.send(new ProducerRecord<>(Topics.ALERTS, one.alert(), Json.write(one.firing(0))))
                        .get(20, SECONDS);
            }
        }
    }
}
