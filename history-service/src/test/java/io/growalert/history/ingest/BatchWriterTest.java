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
import java.time.Duration;
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

    /** One with metrics that nobody reads. */
    static BatchWriter writer(HistoryDatabase database, StoredOffsets offsets, SkippedRecords skipped) {
        var metrics = new IngestMetrics(new SimpleMeterRegistry());
        return new BatchWriter(
                database.jdbc(), database.transaction(), database.dataSource(), offsets, metrics, skipped);
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

    /** A record of the monitor {@code room-co2}. */
    static ConsumerRecord<byte[], byte[]> at(
            TopicPartition partition, long offset, Instant time, byte @Nullable [] value) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                time.toEpochMilli(),
                TimestampType.LOG_APPEND_TIME,
                1,
                1,
                "room-co2".getBytes(UTF_8),
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    static ConsumerRecord<byte[], byte[]> result(long offset, CheckResult run) {
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

    private static ConsumerRecord<byte[], byte[]> part(int offset, int part) {
        return result(
                offset, Rooms.part("room-co2", START, part, 3, Rooms.room("a" + part, 1), Rooms.room("b" + part, 1)));
    }

    @Test
    void parts_that_were_published_twice_are_stored_once_however_they_are_batched() {
        writer.write(List.of(part(0, 1), part(1, 2), part(2, 3)), marks);
        writer = writer();
        writer.write(List.of(part(3, 1), part(4, 2)), marks);
        writer.write(List.of(part(5, 3)), marks);

        assertThat(values()).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    void a_series_that_is_new_forgotten_and_back_in_one_batch_is_stored_with_it() {
        var back = START.plus(Duration.ofHours(25));
        writer.write(
                List.of(
                        result(0, Rooms.run("room-co2", START, Rooms.room("a", 1), Rooms.room("b", 1))),
                        result(1, Rooms.run("room-co2", back, Rooms.room("a", 1))),
                        result(2, Rooms.run("room-co2", back.plusSeconds(10), Rooms.room("a", 1), Rooms.room("b", 1)))),
                marks);

        assertThat(values()).hasSize(5);
        assertThat(spans("b")).containsExactly("PASSED 0 90000", "PASSED 90010");
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
