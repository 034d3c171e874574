package io.growalert.history.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.Json;
import io.growalert.events.Threshold;
import io.growalert.events.Topics;
import io.growalert.history.HistoryDatabase;
import io.growalert.history.Rooms;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

/** A stored definition that cannot be read, after a restart. */
class UnreadableDefinitionTest {
    private static final Instant START = Instant.parse("2026-11-24T07:00:00Z");
    private static final TopicPartition MONITORS = new TopicPartition(Topics.MONITORS, 0);
    private static final TopicPartition RESULTS = new TopicPartition(Topics.CHECK_RESULTS, 0);

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final SkippedRecords skipped = new SkippedRecords(now::get);
    private final HistoryDatabase database = HistoryDatabase.migrated();
    private final Map<TopicPartition, Long> marks = new HashMap<>();
    private final StoredOffsets offsets = new StoredOffsets(database.jdbc());

    @BeforeEach
    void place() {
        for (var partition : List.of(MONITORS, RESULTS)) {
            offsets.place(partition, null, new StoredOffsets.Mark("id", 0));
            marks.put(partition, 0L);
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private BatchWriter restarted() {
        return BatchWriterTest.writer(database, offsets, skipped);
    }

    private static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset, Object value) {
        return BatchWriterTest.at(partition, offset, START.plusSeconds(offset), Json.write(value));
    }

    private String fail() {
        return database.jdbc()
                .sql("select definition->'fail'->>'above' from history.monitors where monitor = 'room-co2'")
                .query(String.class)
                .single();
    }

    @Test
    void results_of_a_monitor_with_a_limit_beyond_64_bits_are_stored_after_a_restart() {
        restarted().write(List.of(record(MONITORS, 0, Rooms.monitor("room-co2", new Threshold.Above(1e19), 1))), marks);

        restarted().write(List.of(record(RESULTS, 0, Rooms.run("room-co2", START, Rooms.room("a", 1)))), marks);

        assertThat(fail()).isEqualTo("10000000000000000000");
        assertThat(database.values()).isOne();
        assertThat(skipped.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void an_unreadable_definition_blocks_neither_results_nor_its_replacement_and_degrades_health_for_an_hour() {
        restarted().write(List.of(record(MONITORS, 0, Rooms.monitor("room-co2"))), marks);
        database.jdbc()
                .sql("update history.monitors set definition = jsonb_set(definition, '{fail}', '{\"above\": \"x\"}')")
                .update();

        restarted().write(List.of(record(RESULTS, 0, Rooms.run("room-co2", START, Rooms.room("a", 1)))), marks);

        assertThat(database.values()).isOne();
        assertThat(skipped.health().getStatus().getCode()).isEqualTo("DEGRADED");
        assertThat(skipped.health().getDetails())
                .containsEntry("skipped", 1L)
                .containsEntry("last", "stored definition of room-co2");

        restarted().write(List.of(record(MONITORS, 1, Rooms.monitor("room-co2", new Threshold.Above(7), 1))), marks);
        assertThat(fail()).isEqualTo("7.0");
        now.set(START.plus(Duration.ofHours(1)));
        assertThat(skipped.health().getStatus()).isEqualTo(Status.UP);
    }
}
