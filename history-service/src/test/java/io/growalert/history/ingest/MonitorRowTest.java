package io.growalert.history.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.history.HistoryDatabase;
import io.growalert.history.Rooms;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the row of a monitor is written, and what a new instance knows without it (ADR 47). */
class MonitorRowTest {
    private static final Instant START = Instant.parse("2026-11-24T07:00:00Z");
    private static final TopicPartition MONITORS = new TopicPartition(Topics.MONITORS, 0);
    private static final TopicPartition RESULTS = new TopicPartition(Topics.CHECK_RESULTS, 0);

    private final HistoryDatabase database = HistoryDatabase.migrated();
    private final StoredOffsets offsets = new StoredOffsets(database.jdbc());
    private final Map<TopicPartition, Long> marks = new HashMap<>();
    private BatchWriter writer = writer();

    private BatchWriter writer() {
        return BatchWriterTest.writer(database, offsets, new SkippedRecords(InstantSource.system()));
    }

    @BeforeEach
    void begin() {
        offsets.place(RESULTS, null, new StoredOffsets.Mark("id", 0));
        marks.put(RESULTS, 0L);
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** Of the monitor itself, in seconds after the start. */
    private List<String> spans() {
        return database.jdbc()
                .sql("""
                        select concat_ws(' ', status, extract(epoch from since - :start::timestamptz)::int,
                                         extract(epoch from until - :start::timestamptz)::int)
                        from history.spans where series is null order by since
                        """)
                .param("start", START.toString())
                .query(String.class)
                .list();
    }

    private static ConsumerRecord<byte[], byte[]> second(int offset, int second, double value) {
        return BatchWriterTest.result(offset, Rooms.run("room-co2", START.plusSeconds(second), Rooms.room("a", value)));
    }

    /** Of the only monitor, in seconds after the start. */
    private int storedSlot() {
        return database.jdbc()
                .sql("select extract(epoch from last_slot - :start::timestamptz)::int from history.monitors")
                .param("start", START.toString())
                .query(Integer.class)
                .single();
    }

    @Test
    void the_slot_of_a_monitors_row_is_at_most_ten_seconds_behind_and_a_new_instance_knows_the_runs_since() {
        for (int n = 0; n < 19; n++) {
            writer.write(List.of(second(n, n, 1)), marks);
        }
        assertThat(storedSlot()).isEqualTo(10);

        writer = writer();
        writer.write(List.of(second(19, 18, 1), second(20, 19, 1)), marks);

        assertThat(database.values()).isEqualTo(20);
        assertThat(spans()).containsExactly("PASSED 0");
        assertThat(storedSlot()).isEqualTo(19);
    }

    @Test
    void a_new_instance_finds_the_slots_that_were_missed_since_the_last_run_and_not_since_the_monitors_row() {
        defined();
        for (int n = 0; n < 9; n++) {
            writer.write(List.of(second(n, n, 1)), marks);
        }
        writer = writer();
        writer.write(List.of(second(9, 40, 1)), marks);

        assertThat(spans()).containsExactly("PASSED 0 18", "MISSED 18 40", "PASSED 40");
    }

    @Test
    void what_is_no_row_of_a_run_is_in_the_monitors_row_at_once() {
        writer.write(List.of(second(0, 0, 1)), marks);
        writer.write(List.of(second(1, 1, 1)), marks);
        assertThat(storedSlot()).isZero();

        writer.write(List.of(BatchWriterTest.result(2, Rooms.error("room-co2", START.plusSeconds(2)))), marks);
        assertThat(storedSlot()).isEqualTo(2);
        writer.write(List.of(BatchWriterTest.result(3, Rooms.error("room-co2", START.plusSeconds(3)))), marks);
        assertThat(storedSlot()).isEqualTo(3);

        writer.write(List.of(second(4, 4, 1001)), marks);
        assertThat(storedSlot()).isEqualTo(4);
        writer.write(
                List.of(BatchWriterTest.result(
                        5, Rooms.part("room-co2", START.plusSeconds(5), 1, 2, Rooms.room("a", 1001)))),
                marks);
        assertThat(storedSlot()).isEqualTo(5);
    }

    @Test
    void a_slot_of_a_clock_that_is_ahead_is_in_the_monitors_row_at_once() {
        writer.write(List.of(second(0, 0, 1)), marks);
        var ahead = Json.write(Rooms.run("room-co2", START.plusSeconds(720), Rooms.room("a", 1)));
        writer.write(List.of(BatchWriterTest.at(RESULTS, 1, START.plusSeconds(1), ahead)), marks);
        assertThat(storedSlot()).isEqualTo(1);

        writer.write(List.of(second(2, 2, 1)), marks);
        assertThat(storedSlot()).isEqualTo(2);
    }

    @Test
    void a_late_run_after_a_restart_does_not_replace_the_last_value() {
        writer.write(List.of(second(0, 0, 1)), marks);
        writer.write(List.of(second(1, 9, 2)), marks);
        writer = writer();
        writer.write(List.of(second(2, 5, 3)), marks);

        assertThat(column("last_value")).isEqualTo("2");
    }

    @Test
    void a_late_run_after_a_restart_does_not_clear_the_error() {
        writer.write(List.of(BatchWriterTest.result(0, Rooms.error("room-co2", START.plusSeconds(20)))), marks);
        var error = column("error");
        writer = writer();
        writer.write(List.of(second(1, 15, 3)), marks);

        assertThat(column("error")).isEqualTo(error).isNotNull();
        assertThat(column("last_value")).isNull();
    }

    /** Of the only monitor's row. */
    private @Nullable String column(String name) {
        return database.jdbc()
                .sql("select %s::text from history.monitors".formatted(name))
                .query(String.class)
                .optional()
                .orElse(null);
    }

    @Test
    void a_run_that_is_read_after_the_removal_of_its_monitor_has_values_and_no_status() {
        defined();
        writer.write(List.of(second(0, 0, 1)), marks);

        writer.write(List.of(second(1, 10, 1), definition(1, null)), marks);
        writer = writer();
        writer.write(List.of(second(2, 20, 1)), marks);
        assertThat(spans()).containsExactly("PASSED 0 60");
        assertThat(database.values()).isEqualTo(3);

        writer.write(List.of(definition(2, Json.write(Rooms.monitor("room-co2")))), marks);
        writer.write(List.of(second(3, 90, 1)), marks);
        assertThat(spans()).containsExactly("PASSED 0 60", "PASSED 90");
    }

    private void defined() {
        offsets.place(MONITORS, null, new StoredOffsets.Mark("id", 0));
        marks.put(MONITORS, 0L);
        writer.write(List.of(definition(0, Json.write(Rooms.monitor("room-co2")))), marks);
    }

    /** Of the only monitor, appended a minute after the start. */
    private static ConsumerRecord<byte[], byte[]> definition(long offset, byte @Nullable [] value) {
        return BatchWriterTest.at(MONITORS, offset, START.plusSeconds(60), value);
    }
}
