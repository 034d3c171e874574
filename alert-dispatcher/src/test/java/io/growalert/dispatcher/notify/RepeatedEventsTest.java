package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.testkit.TestKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AlertEvents that are read again: after the group's offsets were lost, and after the database was restored from a backup. */
class RepeatedEventsTest {
    @TempDir
    Path folder;

    private final String monitor = "again-" + UUID.randomUUID();
    private final List<String> notified = new CopyOnWriteArrayList<>();
    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}, concurrency: 20}");
        bench.scripts.put("ops", notification -> {
            if (notification.event().monitor().equals(monitor)) {
                notified.add(notification.id());
            }
            return new Outcome.Delivered("ok");
        });
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_replay_repeats_no_delivery_even_of_events_that_the_database_deleted() throws Exception {
        run(() -> publish(event(0), event(1)), 2);
        deleteEvents(bench.jdbc
                .sql("select id from dispatcher.alert_events")
                .query(String.class)
                .list());
        rewindGroup();

        run(() -> publish(event(2)), 3);

        assertThat(notified).containsExactlyInAnyOrder(delivery(0), delivery(1), delivery(2));
    }

    @Test
    void a_restored_database_receives_what_it_lost_under_the_same_ids() throws Exception {
        run(() -> publish(event(0)), 1);
        var backup = bench.jdbc
                .sql("select topic_id, partition, next_offset, leader_epoch from dispatcher.consumed")
                .query()
                .listOfRows();
        run(() -> publish(event(1)), 2);

        // the backup has neither the event nor the offset behind it; the group is ahead of it
        deleteEvents(List.of(event(1).id()));
        bench.jdbc.sql("delete from dispatcher.consumed").update();
        backup.forEach(row -> bench.jdbc
                .sql("insert into dispatcher.consumed (topic_id, partition, next_offset, leader_epoch)"
                        + " values (:topic_id, :partition, :next_offset, :leader_epoch)")
                .params(row)
                .update());
        run(() -> {}, 3);

        assertThat(notified).containsExactlyInAnyOrder(delivery(0), delivery(1), delivery(1));
    }

    @Test
    void an_event_is_not_suppressed_by_its_age() throws Exception {
        run(() -> publish(event(0)), 1);

        // slots years before the ones already judged
        var old = new AlertEvents(monitor, Map.of("n", "old"), List.of("ops")).firing(-50_000);
        run(() -> publish(old), 2);

        assertThat(notified).contains(Ids.delivery(old.id(), "ops"));
    }

    private interface Step {
        void run() throws Exception;
    }

    private void run(Step step, int expected) throws Exception {
        var notifier = bench.notifier("repeated");
        notifier.start();
        try {
            step.run();
            await().atMost(40, SECONDS).until(() -> notified.size() >= expected);
            await().atMost(20, SECONDS).until(() -> bench.count("pending") == 0);
        } finally {
            notifier.stop();
        }
    }

    private AlertEvent event(int number) {
        return new AlertEvents(monitor, Map.of("n", "" + number), List.of("ops")).firing(0);
    }

    private String delivery(int number) {
        return Ids.delivery(event(number).id(), "ops");
    }

    private void deleteEvents(List<String> ids) {
        bench.jdbc
                .sql("delete from dispatcher.deliveries where event_id = any(:ids)")
                .param("ids", ids.toArray(String[]::new))
                .update();
        bench.jdbc
                .sql("delete from dispatcher.alert_events where id = any(:ids)")
                .param("ids", ids.toArray(String[]::new))
                .update();
    }

    private static void rewindGroup() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            var offsets = admin.listConsumerGroupOffsets(AlertConsumerSettings.GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get(20, SECONDS);
            admin.alterConsumerGroupOffsets(
                            AlertConsumerSettings.GROUP,
                            offsets.keySet().stream()
                                    .filter(partition -> partition.topic().equals(Topics.ALERTS))
                                    .collect(Collectors.toMap(
                                            partition -> partition, partition -> new OffsetAndMetadata(0))))
                    .all()
                    .get(20, SECONDS);
        }
    }

    private static void publish(AlertEvent... events) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (var event : events) {
                producer.send(new ProducerRecord<>(Topics.ALERTS, 0, null, Json.write(event)))
                        .get(20, SECONDS);
            }
        }
    }
}
