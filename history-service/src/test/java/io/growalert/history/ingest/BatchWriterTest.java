package io.growalert.history.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.Status;
import io.growalert.events.Topics;
import io.growalert.history.HistoryDatabase;
import io.growalert.history.Rooms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/** Records and offsets in one transaction, on a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchWriterTest {
    private static final Instant START = Instant.parse("2026-11-24T07:00:00Z");
    private static final TopicPartition RESULTS = new TopicPartition(Topics.CHECK_RESULTS, 0);
    private static final TopicPartition ALERTS = new TopicPartition(Topics.ALERTS, 0);

    private final HistoryDatabase database = HistoryDatabase.migrated();
    private final StoredOffsets offsets = new StoredOffsets(database.jdbc());
    private final SkippedRecords skipped = new SkippedRecords(InstantSource.system());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<TopicPartition, Long> marks = new HashMap<>();
    private BatchWriter writer = writer();

    private BatchWriter writer() {
        return writer(database.transaction());
    }

    private BatchWriter writer(TransactionOperations transaction) {
        return new BatchWriter(
                database.jdbc(), transaction, database.dataSource(), offsets, new IngestMetrics(meters), skipped);
    }

    @BeforeEach
    void begin() {
        database.jdbc()
                .sql("truncate history.offsets, history.monitors, history.thresholds, history.series, history.runs,"
                        + " history.status_spans, history.alert_incidents, history.transitions, history.notifications"
                        + " restart identity")
                .update();
        marks.clear();
        for (var partition : List.of(RESULTS, ALERTS)) {
            offsets.place(partition, null, new StoredOffsets.Mark("id", 0));
            marks.put(partition, 0L);
        }
        writer = writer();
    }

    @AfterAll
    void close() {
        database.close();
    }

    private static Instant slot(int n) {
        return START.plus(Rooms.EVERY.multipliedBy(n));
    }

    private static ConsumerRecord<byte[], byte[]> at(
            TopicPartition partition, long offset, Instant time, byte @Nullable [] value) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                time.toEpochMilli(),
                TimestampType.LOG_APPEND_TIME,
                1,
                1,
                "key".getBytes(UTF_8),
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private static ConsumerRecord<byte[], byte[]> result(long offset, CheckResult run) {
        return at(RESULTS, offset, run.slot().plusMillis(200), Json.write(run));
    }

    private static ConsumerRecord<byte[], byte[]> run(int n, double value) {
        return result(n, Rooms.run("room-co2", slot(n), Rooms.room("a", value)));
    }

    private List<String> values() {
        return database.jdbc()
                .sql(
                        "select concat_ws(' ', monitor, series->>'room', slot at time zone 'utc', value, status) from history.values order by 1")
                .query(String.class)
                .list();
    }

    private List<String> spans(String series) {
        return database.jdbc()
                .sql("""
                        select concat_ws(' ', status, extract(epoch from since - :start::timestamptz)::int,
                                         extract(epoch from until - :start::timestamptz)::int)
                        from history.spans where coalesce(series->>'room', 'monitor') = :series order by since
                        """)
                .param("start", START.toString())
                .param("series", series)
                .query(String.class)
                .list();
    }

    private long mark() {
        return offsets.read(RESULTS).orElseThrow().nextOffset();
    }

    @Test
    void values_and_the_offset_behind_them_are_stored_together() {
        writer.write(List.of(run(0, 412.3), run(1, 1200), run(2, 0.1 + 0.2)), marks);

        assertThat(values())
                .containsExactly(
                        "room-co2 a 2026-11-24 07:00:00 412.3 PASSED",
                        "room-co2 a 2026-11-24 07:00:10 1200 FAILED",
                        "room-co2 a 2026-11-24 07:00:20 0.30000000000000004 PASSED");
        assertThat(mark()).isEqualTo(3);
        assertThat(marks).containsEntry(RESULTS, 3L);
        assertThat(spans("a")).containsExactly("PASSED 0 10", "FAILED 10 20", "PASSED 20");
        assertThat(spans("monitor")).containsExactly("PASSED 0 10", "FAILED 10 20", "PASSED 20");
    }

    @Test
    void the_batch_of_a_zombie_changes_nothing() {
        var zombie = new HashMap<>(marks);
        writer.write(List.of(run(0, 1), run(1, 2)), marks);

        assertThatThrownBy(() -> writer().write(List.of(run(0, 1), run(1, 2)), zombie))
                .isInstanceOf(StaleOffset.class);

        assertThat(values()).hasSize(2);
        assertThat(mark()).isEqualTo(2);
        assertThat(spans("a")).containsExactly("PASSED 0");
    }

    @Test
    void an_aborted_transaction_skips_nothing_and_stores_nothing_twice() {
        var batch = List.of(run(0, 1), run(1, 1001));
        database.jdbc().sql("alter table history.status_spans rename to away").update();
        try {
            assertThatThrownBy(() -> writer.write(batch, marks)).isInstanceOf(DataAccessException.class);
        } finally {
            database.jdbc()
                    .sql("alter table history.away rename to status_spans")
                    .update();
        }
        assertThat(values()).isEmpty();
        assertThat(mark()).isZero();

        writer.write(batch, marks);

        assertThat(values()).hasSize(2);
        assertThat(spans("a")).containsExactly("PASSED 0 10", "FAILED 10");
    }

    @Test
    void a_result_that_was_published_twice_is_stored_once() {
        writer.write(List.of(run(0, 1), result(1, Rooms.run("room-co2", slot(0), Rooms.room("a", 1)))), marks);
        writer = writer();
        writer.write(
                List.of(
                        result(2, Rooms.run("room-co2", slot(0), Rooms.room("a", 1), Rooms.room("late", 5))),
                        result(3, Rooms.run("room-co2", slot(1), Rooms.room("a", 2), Rooms.room("late", 5)))),
                marks);

        assertThat(values()).hasSize(4).doesNotHaveDuplicates();
        assertThat(mark()).isEqualTo(4);
    }

    private static ConsumerRecord<byte[], byte[]> second(int offset, int second, double value) {
        return result(offset, Rooms.run("room-co2", START.plusSeconds(second), Rooms.room("a", value)));
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

        assertThat(values()).hasSize(20).doesNotHaveDuplicates();
        assertThat(spans("monitor")).containsExactly("PASSED 0");
        assertThat(storedSlot()).isEqualTo(19);
    }

    @Test
    void a_new_instance_finds_the_slots_that_were_missed_since_the_last_run_and_not_since_the_monitors_row() {
        defined("room-co2");
        for (int n = 0; n < 9; n++) {
            writer.write(List.of(second(n, n, 1)), marks);
        }
        writer = writer();
        writer.write(List.of(second(9, 40, 1)), marks);

        assertThat(spans("monitor")).containsExactly("PASSED 0 18", "MISSED 18 40", "PASSED 40");
    }

    @Test
    void what_is_no_row_of_a_run_is_in_the_monitors_row_at_once() {
        writer.write(List.of(second(0, 0, 1)), marks);
        writer.write(List.of(second(1, 1, 1)), marks);
        assertThat(storedSlot()).isZero();

        writer.write(List.of(result(2, Rooms.error("room-co2", START.plusSeconds(2)))), marks);
        assertThat(storedSlot()).isEqualTo(2);
        writer.write(List.of(result(3, Rooms.error("room-co2", START.plusSeconds(3)))), marks);
        assertThat(storedSlot()).isEqualTo(3);

        writer.write(List.of(second(4, 4, 1001)), marks);
        assertThat(storedSlot()).isEqualTo(4);
        writer.write(
                List.of(result(5, Rooms.part("room-co2", START.plusSeconds(5), 1, 2, Rooms.room("a", 1001)))), marks);
        assertThat(storedSlot()).isEqualTo(5);
    }

    private void defined(String monitor) {
        var monitors = new TopicPartition(Topics.MONITORS, 0);
        offsets.place(monitors, null, new StoredOffsets.Mark("id", 0));
        marks.put(monitors, 0L);
        var definition = at(monitors, 0, START.minusSeconds(60), Json.write(Rooms.monitor(monitor)));
        writer.write(
                List.of(new ConsumerRecord<>(
                        monitors.topic(),
                        0,
                        0,
                        definition.timestamp(),
                        TimestampType.LOG_APPEND_TIME,
                        1,
                        1,
                        monitor.getBytes(UTF_8),
                        definition.value(),
                        new RecordHeaders(),
                        Optional.empty())),
                marks);
    }

    @Test
    void a_slot_of_a_clock_that_is_ahead_is_stored_once_and_is_no_later_sign_of_life() {
        var ahead = Json.write(Rooms.run("room-co2", slot(720), Rooms.room("a", 1)));
        writer.write(List.of(at(RESULTS, 0, START, ahead)), marks);
        writer = writer();
        writer.write(List.of(at(RESULTS, 1, START, ahead)), marks);

        assertThat(values()).hasSize(1);
        assertThat(database.jdbc()
                        .sql("select last_slot = :start::timestamptz from history.monitors")
                        .param("start", START.toString())
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void an_unreadable_record_is_counted_and_does_not_stop_the_rest() {
        var unreadable = meters.counter("growalert.history.unreadable", "topic", Topics.CHECK_RESULTS);
        double before = unreadable.count();

        writer.write(
                List.of(
                        run(0, 1),
                        at(RESULTS, 1, slot(1), "{".getBytes(UTF_8)),
                        at(RESULTS, 2, slot(1), null),
                        at(RESULTS, 3, slot(1), "[".repeat(100_000).getBytes(UTF_8)),
                        at(RESULTS, 4, slot(1), Json.write(Rooms.run("room-co2", slot(100_000), Rooms.room("a", 1)))),
                        run(5, 2)),
                marks);

        assertThat(values()).hasSize(2);
        assertThat(mark()).isEqualTo(6);
        assertThat(unreadable.count() - before).isEqualTo(4);
    }

    @Test
    void a_record_that_the_database_refuses_is_skipped_and_the_rest_is_stored() {
        refusing(() -> writer.write(
                List.of(
                        at(ALERTS, 0, START, Json.write(firing("one"))),
                        at(ALERTS, 1, START, Json.write(firing("refused"))),
                        at(ALERTS, 2, START, Json.write(firing("two"))),
                        run(0, 1)),
                marks));

        assertThat(database.jdbc()
                        .sql("select monitor from history.incidents order by monitor")
                        .query(String.class)
                        .list())
                .containsExactly("one", "two");
        assertThat(marks).containsEntry(ALERTS, 3L).containsEntry(RESULTS, 1L);
        assertThat(values()).hasSize(1);
    }

    @Test
    void a_refused_record_is_reported_although_a_later_one_is_unreadable() {
        var unreadable = meters.counter("growalert.history.unreadable", "topic", Topics.ALERTS);
        double before = unreadable.count();
        refusing(() -> writer.write(
                List.of(
                        at(ALERTS, 0, START, Json.write(firing("refused"))),
                        at(ALERTS, 1, START, "{".getBytes(UTF_8)),
                        at(ALERTS, 2, START, Json.write(firing("one")))),
                marks));

        assertThat(marks).containsEntry(ALERTS, 3L);
        assertThat(unreadable.count() - before).isEqualTo(2);
    }

    @Test
    void a_refused_record_is_found_among_many_in_few_transactions() {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        for (int n = 0; n < 1_000; n++) {
            records.add(at(ALERTS, n, START, Json.write(firing(n == 700 ? "refused" : "monitor-" + n))));
        }
        var transactions = new AtomicInteger();
        writer = writer(new TransactionOperations() {
            @Override
            public <T extends @Nullable Object> T execute(TransactionCallback<T> action) {
                transactions.incrementAndGet();
                return database.transaction().execute(action);
            }
        });
        refusing(() -> writer.write(records, marks));

        assertThat(database.jdbc()
                        .sql("select count(*) from history.incidents")
                        .query(Integer.class)
                        .single())
                .isEqualTo(999);
        assertThat(marks).containsEntry(ALERTS, 1_000L);
        assertThat(transactions).hasValueLessThan(30);
    }

    /** The database refuses incidents of the monitor {@code refused}. */
    private void refusing(Runnable write) {
        database.jdbc()
                .sql("alter table history.alert_incidents add constraint refused check (monitor <> 'refused')")
                .update();
        try {
            write.run();
        } finally {
            database.jdbc()
                    .sql("alter table history.alert_incidents drop constraint refused")
                    .update();
        }
    }

    private static AlertEvent firing(String monitor) {
        return event(monitor, AlertEvent.Type.FIRING, START);
    }

    private static AlertEvent event(String monitor, AlertEvent.Type type, Instant slot) {
        return new AlertEvent(
                monitor + type.wire() + slot,
                type,
                "alert-" + monitor,
                "incident-" + monitor,
                monitor,
                Map.of("room", "a"),
                Map.of("site", "north"),
                type == AlertEvent.Type.RESOLVED ? Status.PASSED : Status.FAILED,
                1200.0,
                "above 1000",
                "room a: above 1000",
                slot,
                START,
                List.of("ops"));
    }

    @Test
    void an_incident_ends_once_whatever_is_repeated_or_late() {
        var resolved = event("room", AlertEvent.Type.RESOLVED, slot(5));
        writer.write(
                List.of(
                        at(ALERTS, 0, START, Json.write(firing("room"))),
                        at(ALERTS, 1, START, Json.write(resolved)),
                        at(ALERTS, 2, START, Json.write(event("room", AlertEvent.Type.REMINDER, slot(3)))),
                        at(ALERTS, 3, START, Json.write(firing("room")))),
                marks);

        var incident = database.jdbc()
                .sql(
                        "select status, fired_at at time zone 'utc' || '', resolved_at at time zone 'utc' || '' as b from history.incidents")
                .query()
                .singleRow();
        assertThat(incident.values())
                .extracting(String::valueOf)
                .containsExactly("FAILED", "2026-11-24 07:00:00", "2026-11-24 07:00:50");
        assertThat(database.jdbc()
                        .sql("select count(*) from history.transitions")
                        .query(Long.class)
                        .single())
                .isEqualTo(3);
    }

    @Test
    void heartbeats_and_labels_with_null_characters_are_no_problem() {
        var heartbeat = Heartbeat.result(START);
        var odd = Map.of("room", "a\0b");
        var run = Rooms.run("room-co2", slot(1), new io.growalert.events.SeriesResult(odd, 3, Status.PASSED, null));

        writer.write(List.of(result(0, heartbeat), result(1, run)), marks);

        assertThat(values()).containsExactly("room-co2 a\uFFFDb 2026-11-24 07:00:10 3 PASSED");
        assertThat(database.jdbc()
                        .sql("select stored from history.offsets where topic = :topic")
                        .param("topic", Topics.CHECK_RESULTS)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }
}
