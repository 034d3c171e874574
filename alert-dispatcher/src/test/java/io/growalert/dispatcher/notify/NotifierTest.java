package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.runtime.loop.Progress;
import io.growalert.testkit.TestKafka;
import java.nio.file.Path;
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

    private final List<String> notified = new CopyOnWriteArrayList<>();
    private final List<AlertEvents> events = IntStream.range(0, EVENTS)
            .mapToObj(number -> AlertEvents.of("outage-" + UUID.randomUUID(), "ops"))
            .toList();

    @Test
    void no_event_is_lost_while_the_database_is_down() throws Exception {
        try (var bench = new NotifierBench(folder, "ops: {fake: {}, concurrency: 20}")) {
            bench.scripts.put("ops", this::take);
            var down = new AtomicBoolean();
            var refused = new AtomicInteger();
            bench.database.refuseWhen(() -> down.get() && refused.incrementAndGet() > 0);
            var notifier = bench.notifier("outage");
            notifier.start();
            down.set(true);
            publish();
            await().atMost(20, SECONDS).until(() -> refused.get() > 20);
            assertThat(notified).isEmpty();

            down.set(false);

            await().atMost(30, SECONDS).until(() -> notified.size() >= EVENTS);
            notifier.stop();
            assertThat(notified)
                    .containsExactlyInAnyOrderElementsOf(
                            events.stream().map(AlertEvents::monitor).toList());
        }
    }

    @Test
    void events_that_arrive_while_no_instance_runs_are_delivered_after_the_next_start() throws Exception {
        try (var bench = new NotifierBench(folder, "ops: {fake: {}, concurrency: 20}")) {
            bench.scripts.put("ops", this::take);
            var first = bench.notifier("restart");
            first.start();
            first.stop();
            publish();

            var second = bench.notifier("restart");
            second.start();

            await().atMost(30, SECONDS).until(() -> notified.size() >= EVENTS);
            second.stop();
            assertThat(notified)
                    .containsExactlyInAnyOrderElementsOf(
                            events.stream().map(AlertEvents::monitor).toList());
        }
    }

    @Test
    void every_loop_is_stalled_when_the_database_is_down_for_long_and_recovers() {
        try (var bench = new NotifierBench(folder, "ops: {fake: {}}")) {
            var down = new AtomicBoolean();
            bench.database.refuseWhen(down::get);
            var notifier = bench.notifier("stalled");
            notifier.start();
            try {
                assertThat(notifier.loops())
                        .extracting(Progress::loop)
                        .containsExactly("consumer", "dispatch", "upkeep", "groups");
                await().atMost(20, SECONDS).until(() -> notifier.obstacle().isEmpty());
                down.set(true);

                // the limit is 30 s of real time; the consumer notices with the next assignment or event
                await().atMost(60, SECONDS).untilAsserted(() -> assertThat(notifier.loops().stream()
                                .filter(loop -> loop.stalled().isPresent()))
                        .extracting(Progress::loop)
                        .contains("dispatch", "upkeep", "groups"));

                down.set(false);
                await().atMost(30, SECONDS).until(() -> notifier.loops().stream()
                        .allMatch(loop -> loop.stalled().isEmpty()));
            } finally {
                notifier.stop();
            }
        }
    }

    @Test
    void a_thread_that_dies_is_named() {
        try (var bench = new NotifierBench(folder, "ops: {fake: {}}")) {
            var notifier = bench.notifier("dying");
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

    /** Other tests of this JVM publish to the same topic. */
    private Outcome take(Notification notification) {
        var monitor = notification.event().monitor();
        if (events.stream().map(AlertEvents::monitor).anyMatch(monitor::equals)) {
            notified.add(monitor);
        }
        return new Outcome.Delivered("ok");
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
