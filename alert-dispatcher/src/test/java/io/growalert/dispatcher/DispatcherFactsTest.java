package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.deadman.DeadManCalls;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.SystemMonitor;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.runtime.selfwatch.SystemFact;
import io.growalert.testkit.TestKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DispatcherFactsTest {
    private volatile Instant now = Instant.now();

    @Test
    void each_receiver_with_parked_deliveries_is_a_problem() {
        assertThat(DispatcherFacts.parked(Map.of())).isEmpty();
        assertThat(DispatcherFacts.parked(Map.of("ops", 3L)))
                .singleElement()
                .returns(Map.of("receiver", "ops"), SeriesResult::labels)
                .returns(3.0, SeriesResult::value)
                .returns("3 deliveries parked", SeriesResult::reason);
    }

    @Test
    void a_topic_of_dead_letters_is_a_problem_for_an_hour_after_the_last_one() throws Exception {
        try (var kafka = new TestKafka();
                var deadLetters = new RecentDeadLetters(KafkaConnection.at(kafka.address()), () -> now);
                var producer = producer(kafka)) {
            assertThat(deadLetters.read()).as("no topic exists yet").isEmpty();
            new TopicCreator(KafkaConnection.at(kafka.address()), 2)
                    .createMissing(
                            Stream.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERT_COMMANDS, Topics.ALERTS)
                                    .map(Topics::deadLetters)
                                    .toList());
            assertThat(deadLetters.read()).isEmpty();

            letter(producer, Topics.ALERTS, now);
            // a record that was read late
            letter(producer, Topics.CHECK_RESULTS, now.minus(Duration.ofHours(5)));

            assertThat(topics(deadLetters)).containsExactly("growalert.alerts-dlt", "growalert.check-results-dlt");
            now = now.plus(Duration.ofMinutes(61));
            assertThat(topics(deadLetters)).isEmpty();
        }
    }

    @Test
    void a_partition_without_a_recent_heartbeat_is_lag() {
        try (var kafka = new TestKafka();
                var database = TestDatabase.migrated()) {
            new TopicCreator(KafkaConnection.at(kafka.address()), 2).createMissing(List.of(Topics.CHECK_RESULTS));
            var options = new DeadManCalls.Options(
                    KafkaConnection.at(kafka.address()), null, Duration.ofMinutes(1), Duration.ofMinutes(1));
            var deadMan = new DeadManCalls(options, database.jdbc(), new SimpleMeterRegistry(), () -> true);
            database.jdbc()
                    .sql("insert into dispatcher.heartbeats values (0, clock_timestamp(), clock_timestamp())")
                    .update();
            deadMan.start();
            try {
                Awaitility.await().ignoreExceptions().until(() -> deadMan.lag().status() == Status.FAILED);
                assertThat(deadMan.lag().reason()).isEqualTo("no heartbeat for 60 s of partitions [1]");
            } finally {
                deadMan.stop();
            }
        }
    }

    @Test
    void a_stalled_alert_state_is_lag_whatever_the_heartbeats_are() {
        var recent = SystemFact.passed(Map.of(), 3L);

        assertThat(DispatcherFacts.lag(Optional.empty(), () -> recent)).containsExactly(recent);
        assertThat(DispatcherFacts.lag(Optional.of("records wait for 31 s"), () -> recent))
                .containsExactly(SystemFact.failed(Map.of(), 0L, "alert state stalled: records wait for 31 s"));
    }

    @Test
    void notifications_that_wait_for_their_publication_are_the_outboxs_value() throws Exception {
        try (var database = TestDatabase.migrated()) {
            var log = new NotificationLog(database.jdbc());
            database.jdbc()
                    .sql(
                            "insert into dispatcher.incidents (id, alert_id, monitor_id, series, labels, status, reason, summary,"
                                    + " fired_at) values ('i', 'a', 'co2', '{}', '{}', 'FAILED', '', '', now())")
                    .update();
            assertThat(log.backlog().measurement().read())
                    .singleElement()
                    .returns(0.0, SeriesResult::value)
                    .returns(Status.PASSED, SeriesResult::status);

            log.addIncidents(NotificationEvent.Type.INCIDENT_ACKNOWLEDGED, List.of("i"), "ann");

            assertThat(log.backlog().monitor()).isEqualTo(SystemMonitor.DISPATCHER_OUTBOX);
            assertThat(log.backlog().measurement().read())
                    .singleElement()
                    .returns(1.0, SeriesResult::value)
                    .returns(Status.PASSED, SeriesResult::status);
        }
    }

    private static List<String> topics(RecentDeadLetters deadLetters) throws Exception {
        return deadLetters.read().stream()
                .map(series -> series.labels().get("topic"))
                .toList();
    }

    private static void letter(KafkaProducer<byte[], byte[]> producer, String topic, Instant at) throws Exception {
        var record = new ProducerRecord<byte[], byte[]>(
                Topics.deadLetters(topic), 0, at.toEpochMilli(), null, "poison".getBytes(UTF_8));
        producer.send(record).get(20, SECONDS);
    }

    private static KafkaProducer<byte[], byte[]> producer(TestKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.address()), new ByteArraySerializer(), new ByteArraySerializer());
    }
}
