package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.testkit.TestKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records on growalert.alerts that cannot be used: each is dead-lettered, and the event behind it is delivered. */
class PoisonedEventTest {
    private static final int LARGEST = 1_048_400;

    @TempDir
    Path folder;

    private final AlertEvents healthy = AlertEvents.of("behind-poison-" + UUID.randomUUID(), "ops");
    private final List<String> notified = new CopyOnWriteArrayList<>();
    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}, concurrency: 20}");
        bench.scripts.put("ops", notification -> {
            notified.add(notification.event().monitor());
            return new Outcome.Delivered("ok");
        });
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void garbage_of_the_largest_size_becomes_a_dead_letter() throws Exception {
        var garbage = new byte[LARGEST];
        new Random(1).nextBytes(garbage);

        afterPoison(garbage);
    }

    @Test
    void json_nested_without_end_becomes_a_dead_letter() throws Exception {
        afterPoison("[".repeat(500_000).getBytes(UTF_8));
        afterPoison("{\"labels\":".repeat(90_000).getBytes(UTF_8));
    }

    @Test
    void a_character_that_the_database_rejects_becomes_a_dead_letter() throws Exception {
        var event =
                AlertEvents.of("nul", "ops").withSeries(Map.of("room", "a\0b")).firing(0);
        afterPoison(Json.write(event));
    }

    @Test
    void an_id_too_large_for_its_index_becomes_a_dead_letter() throws Exception {
        var id = new StringBuilder();
        new Random(1).ints(20_000, 'a', 'z').forEach(letter -> id.append((char) letter));
        var event = AlertEvents.of("huge", "ops").firing(0);
        afterPoison(Json.write(new AlertEvent(
                id.toString(),
                event.type(),
                event.alert(),
                event.incident(),
                event.monitor(),
                event.series(),
                event.labels(),
                event.status(),
                event.value(),
                event.reason(),
                event.summary(),
                event.slot(),
                event.firingSince(),
                event.receivers())));
    }

    private void afterPoison(byte[] poison) throws Exception {
        double before = unreadable();
        var notifier = bench.notifier("poison");
        notifier.start();
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", TestKafka.bootstrapServers(), "max.request.size", 2 * LARGEST),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            await().until(() -> notifier.obstacle().isEmpty());
            producer.send(new ProducerRecord<>(Topics.ALERTS, 0, null, poison)).get(20, SECONDS);
            var event = healthy.withSeries(Map.of("n", UUID.randomUUID().toString()))
                    .firing(0);
            producer.send(new ProducerRecord<>(Topics.ALERTS, 0, null, Json.write(event)))
                    .get(20, SECONDS);
            int expected = notified.size() + 1;

            await().atMost(40, SECONDS)
                    .until(() ->
                            notified.stream().filter(healthy.monitor()::equals).count() >= 1
                                    && notified.size() >= expected);
            await().atMost(10, SECONDS).until(() -> unreadable() > before);
        } finally {
            notifier.stop();
        }
    }

    private double unreadable() {
        var counter = bench.meters
                .find("growalert.alert.events")
                .tag("kind", "unreadable")
                .counter();
        return counter == null ? 0 : counter.count();
    }
}
