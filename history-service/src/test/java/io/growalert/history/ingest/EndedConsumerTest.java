package io.growalert.history.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.history.HistoryDatabase;
import io.growalert.history.Rooms;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.testkit.TestKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The container of the consumer ends at an {@code Error} without asking its error handler; on a real broker and a real database. */
class EndedConsumerTest {
    private static final String MONITOR = "ended-rooms";

    @Test
    void a_consumer_that_ends_again_and_again_is_a_failure_until_records_are_stored() throws Exception {
        var broken = new AtomicBoolean(true);
        try (var database = HistoryDatabase.migrated();
                var producer = new KafkaProducer<>(
                        Map.<String, Object>of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            var copies = new DelegatingDataSource(database.dataSource()) {
                @Override
                public Connection getConnection() throws SQLException {
                    if (broken.get()) {
                        throw new LinkageError("a class is missing");
                    }
                    return super.getConnection();
                }
            };
            var ingest = new TopicIngest(
                    new TopicIngest.Options(KafkaConnection.at(TestKafka.bootstrapServers()), 2, Duration.ofSeconds(3)),
                    database.jdbc(),
                    database.transaction(),
                    copies,
                    new SimpleMeterRegistry(),
                    Clock.systemUTC());
            ingest.start();
            try {
                var topics = new TopicIds(KafkaConnection.at(TestKafka.bootstrapServers()), TopicIngest.TOPICS);
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptions()
                        .until(() -> topics.read().size() == 4);
                topics.close();
                var run = Rooms.run(MONITOR, Instant.now(), Rooms.room("a", 1));
                producer.send(new ProducerRecord<>(Topics.CHECK_RESULTS, MONITOR.getBytes(UTF_8), Json.write(run)))
                        .get();

                await().atMost(Duration.ofSeconds(60))
                        .until(() -> ingest.progress().failures() >= 2);
                assertThat(ingest.progress().isFailing()).isTrue();

                broken.set(false);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> !ingest.progress().isFailing()
                                && database.jdbc()
                                                .sql("select count(*) from history.values where monitor = :monitor")
                                                .param("monitor", MONITOR)
                                                .query(Long.class)
                                                .single()
                                        == 1);
            } finally {
                ingest.stop();
            }
        }
    }
}
