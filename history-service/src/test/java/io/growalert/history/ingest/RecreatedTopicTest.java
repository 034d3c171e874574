package io.growalert.history.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Topics;
import io.growalert.history.HistoryDatabase;
import io.growalert.history.query.TopicProgress;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.testkit.TestKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A topic that was deleted and created again with fewer partitions; on a real broker and a real database. */
class RecreatedTopicTest {
    @Test
    void the_offsets_of_partitions_that_are_no_more_do_not_freeze_what_is_complete() {
        try (var database = HistoryDatabase.migrated()) {
            var offsets = new StoredOffsets(database.jdbc());
            for (int partition = 0; partition < 100; partition++) {
                offsets.place(
                        new TopicPartition(Topics.CHECK_RESULTS, partition), null, new StoredOffsets.Mark("old", 5));
            }
            var progress = new TopicProgress(database.jdbc());
            assertThat(progress.asOf()).isEqualTo(Instant.EPOCH);
            var ingest = new TopicIngest(
                    new TopicIngest.Options(KafkaConnection.at(TestKafka.bootstrapServers()), 2, Duration.ofSeconds(6)),
                    database.jdbc(),
                    database.transaction(),
                    database.dataSource(),
                    new SimpleMeterRegistry(),
                    Clock.systemUTC());
            ingest.start();
            try {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> progress.asOf().isAfter(Instant.EPOCH));
            } finally {
                ingest.stop();
            }
        }
    }
}
