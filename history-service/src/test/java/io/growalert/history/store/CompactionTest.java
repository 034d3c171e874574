package io.growalert.history.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.history.HistoryDatabase;
import io.growalert.runtime.loop.Progress;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/** Runs become chunks, chunks are rolled up, and old partitions are dropped; on a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompactionTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-11-24T00:00:00Z");
    private static final Duration RAW = Duration.ofDays(7);
    private static final Duration ROLLUPS = Duration.ofDays(90);

    private final HistoryDatabase database = HistoryDatabase.migrated();
    private Instant now = MIDNIGHT;
    private final Progress progress = new Progress("test");
    private final ChunkTable values = new ChunkTable(database.jdbc());
    private final DayPartitions chunks = partitions("chunks");
    private final DayPartitions rolledUp = partitions("rollups");
    private final Compaction compaction =
            new Compaction(database.jdbc(), database.transaction(), database.dataSource(), chunks, RAW, () -> now);
    private final Rollups rollups =
            new Rollups(database.jdbc(), database.transaction(), database.dataSource(), rolledUp, values, () -> now);
    private final HistoryRetention retention = new HistoryRetention(
            database.jdbc(),
            database.transaction(),
            chunks,
            rolledUp,
            new HistoryRetention.Retention(RAW, ROLLUPS),
            () -> now);

    private DayPartitions partitions(String table) {
        return new DayPartitions(database.jdbc(), database.transaction(), table);
    }

    private record Stored(int series, Instant slot, double value, StoredStatus status) {
        private static int compare(Stored one, Stored other) {
            int bySeries = Integer.compare(one.series, other.series);
            return bySeries == 0 ? one.slot.compareTo(other.slot) : bySeries;
        }
    }

    @BeforeEach
    void begin() {
        database.jdbc()
                .sql(
                        "truncate history.monitors, history.thresholds, history.series, history.runs, history.chunks, history.offsets,"
                                + " history.rollups, history.rollup_queue, history.status_spans restart identity")
                .update();
        database.jdbc()
                .sql("insert into history.monitors (monitor) values ('room')")
                .update();
        database.jdbc()
                .sql(
                        "insert into history.series (monitor, labels, hash) select 1, '{}', 's' || n from generate_series(1, 3) n")
                .update();
    }

    @AfterAll
    void close() {
        database.close();
    }

    private void store(List<Stored> runs) {
        store(1, runs);
    }

    /** The monitor's own row has the newest slot too. */
    private void store(int monitor, List<Stored> runs) {
        storeBehind(monitor, runs);
        database.jdbc().sql("""
                        insert into history.monitors (id, monitor, last_slot, newest_slot) overriding system value
                        select monitor, 'monitor-' || monitor, max(slot), max(slot) from history.runs where monitor = :monitor group by monitor
                        on conflict (id) do update set last_slot = excluded.last_slot, newest_slot = excluded.newest_slot
                        """).param("monitor", monitor).update();
    }

    /** The monitor's own row stays behind. */
    private void storeBehind(int monitor, List<Stored> runs) {
        var rows = new CopyRows("history.runs (monitor, slot, series, readings, statuses)");
        var bySlot = new TreeMap<Instant, List<Stored>>();
        runs.forEach(each ->
                bySlot.computeIfAbsent(each.slot(), _ -> new ArrayList<>()).add(each));
        bySlot.forEach((slot, all) -> rows.number(monitor)
                .time(slot)
                .ints(all.stream().mapToInt(Stored::series).toArray())
                .doubles(all.stream().mapToDouble(Stored::value).toArray())
                .ints(all.stream().mapToInt(each -> each.status().code()).toArray())
                .endRow());
        rows.copyTo(database.dataSource());
    }

    private List<Stored> read(Instant from, Instant to) {
        var all = new ArrayList<Stored>();
        values.read(
                1,
                List.of(1, 2, 3),
                from,
                to,
                (series, slot, value, status) -> all.add(new Stored(series, Micros.instant(slot), value, status)));
        all.sort(Stored::compare);
        return all;
    }

    private static List<Stored> sorted(List<Stored> stored) {
        return stored.stream().sorted(Stored::compare).toList();
    }

    /** Values of many kinds at slots of many kinds. */
    private static List<Stored> random(int runs, long stepMicros, boolean steady) {
        var random = new Random(7);
        var all = new ArrayList<Stored>();
        long slot = Micros.of(MIDNIGHT) - 20 * stepMicros;
        for (int n = 0; n < runs; n++) {
            slot += steady ? stepMicros : 1 + random.nextLong(stepMicros);
            for (int series = 1; series <= 3; series++) {
                double value =
                        switch (random.nextInt(series == 1 ? 3 : 8)) {
                            case 0 -> Math.round(random.nextDouble() * 10_000) / 10.0;
                            case 1 -> random.nextInt(100_000);
                            case 2 -> -Math.round(random.nextDouble() * 1_000) / 100.0;
                            case 3 -> random.nextDouble();
                            case 4 -> Double.longBitsToDouble(random.nextLong() & ~(0x400L << 52));
                            case 5 -> Float.MIN_VALUE * random.nextInt(9);
                            case 6 -> 1000 + random.nextInt(3) * Math.ulp(1000.0);
                            default -> -0.0;
                        };
                var status = random.nextInt(series * 10) == 0 ? StoredStatus.FAILED : StoredStatus.PASSED;
                all.add(new Stored(series, Micros.instant(slot), value, status));
            }
        }
        return all;
    }

    @Test
    void every_value_is_read_as_it_was_stored_before_and_after_compaction() {
        for (boolean steady : new boolean[] {true, false}) {
            begin();
            var stored = random(500, 10_000_001, steady);
            store(stored);
            var to = MIDNIGHT.plus(Duration.ofDays(1));
            now = MIDNIGHT.plus(Duration.ofHours(2));
            assertThat(read(MIDNIGHT.minus(Duration.ofDays(1)), to)).isEqualTo(sorted(stored));

            compaction.run(progress);

            assertThat(count("runs")).isEqualTo(500 % 60);
            assertThat(read(MIDNIGHT.minus(Duration.ofDays(1)), to)).isEqualTo(sorted(stored));
            assertThat(inSql("history.values")).isEqualTo(texts(stored));
            assertThat(inSql("history.values_between('room', '2026-11-23', '2026-11-25')"))
                    .isEqualTo(texts(stored));
            var from = MIDNIGHT.plusSeconds(61);
            assertThat(read(from, to))
                    .isEqualTo(sorted(stored.stream()
                            .filter(each -> !each.slot().isBefore(from))
                            .toList()));
        }
    }

    private List<String> inSql(String source) {
        return database
                .jdbc()
                .sql("select extract(epoch from slot)::numeric(20, 6) || ' ' || value || ' ' || status from %s"
                        .formatted(source))
                .query(String.class)
                .list()
                .stream()
                .map(CompactionTest::normal)
                .sorted()
                .toList();
    }

    private static String normal(String row) {
        var parts = row.split(" ", -1);
        return parts[0] + " " + Double.parseDouble(parts[1]) + " " + parts[2];
    }

    private static List<String> texts(List<Stored> stored) {
        return stored.stream()
                .map(each -> "%s %s %s"
                        .formatted(
                                BigDecimal.valueOf(Micros.of(each.slot()), 6).toPlainString(),
                                each.value(),
                                each.status()))
                .sorted()
                .toList();
    }

    private long count(String table) {
        return database.jdbc()
                .sql("select count(*) from history." + table)
                .query(Long.class)
                .single();
    }

    @Test
    void monitors_are_compacted_side_by_side_each_as_far_as_it_has_full_chunks() {
        var runs = Map.of(1, 130, 2, 59, 3, 60, 4, 185);
        runs.forEach((monitor, count) -> store(monitor, steady(monitor, count)));
        // old, so that one slot is enough
        store(5, List.of(new Stored(5, MIDNIGHT.minus(Compaction.OLD), 5, StoredStatus.PASSED)));
        var before = inRuns();

        now = MIDNIGHT.plusSeconds(600);
        compaction.run(progress);

        assertThat(database.jdbc()
                        .sql("select monitor || ' ' || count(*) from history.runs group by monitor order by monitor")
                        .query(String.class)
                        .list())
                .containsExactly("1 10", "2 59", "4 5");
        var after = new ArrayList<>(inRuns());
        values.readChunks(
                new Integer[] {1, 2, 3, 4, 5},
                MIDNIGHT.minus(Duration.ofDays(1)),
                now,
                (series, slot, value, status) -> after.add(new Stored(series, Micros.instant(slot), value, status)));
        assertThat(sorted(after)).isEqualTo(sorted(before));
    }

    private void storedUntil(Instant at) {
        database.jdbc().sql("""
                        insert into history.offsets (topic, partition, topic_id, next_offset, complete_at) values ('results', 0, 'id', 1, :at)
                        on conflict (topic, partition) do update set complete_at = excluded.complete_at
                        """).param("at", Micros.utc(at)).update();
    }

    private List<String> lastSlots() {
        return database.jdbc()
                .sql(
                        "select extract(epoch from last_slot - :midnight::timestamptz)::int || ' ' || extract(epoch from newest_slot - :midnight::timestamptz)::int from history.monitors")
                .param("midnight", MIDNIGHT.toString())
                .query(String.class)
                .list();
    }

    @Test
    void runs_that_the_row_of_the_monitor_does_not_have_are_compacted_when_they_are_old_and_then_it_has_them() {
        store(1, steady(1, 60));
        storeBehind(1, steady(1, 125).subList(60, 125));

        now = MIDNIGHT.plusSeconds(600);
        compaction.run(progress);
        assertThat(count("runs")).isEqualTo(65);
        assertThat(lastSlots()).containsExactly("59 59");

        now = MIDNIGHT.plusSeconds(125).plus(Compaction.OLD);
        compaction.run(progress);
        assertThat(count("runs")).as("while the first backlog is stored").isEqualTo(65);

        storedUntil(MIDNIGHT.plusSeconds(100));
        compaction.run(progress);
        assertThat(count("runs")).as("while a backlog is stored").isEqualTo(65);

        storedUntil(now);
        now = MIDNIGHT.plusSeconds(125).plus(Compaction.OLD);
        compaction.run(progress);
        assertThat(count("runs")).isZero();
        assertThat(lastSlots()).containsExactly("124 124");
        assertThat(database.jdbc()
                        .sql("select last_value from history.monitors")
                        .query(Double.class)
                        .single())
                .isEqualTo(1_124);
        assertThat(read(MIDNIGHT, now)).hasSize(125);
    }

    private static List<Stored> steady(int series, int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> new Stored(series, MIDNIGHT.plusSeconds(n), series * 1000 + n, StoredStatus.PASSED))
                .toList();
    }

    /** Of rows that are not compacted. */
    private List<Stored> inRuns() {
        var all = new ArrayList<Stored>();
        new JdbcTemplate(database.dataSource())
                .query("select slot, series, readings, statuses from history.runs", (RowCallbackHandler)
                        row -> ChunkTable.run(
                                row,
                                (series, slot, value, status) ->
                                        all.add(new Stored(series, Micros.instant(slot), value, status))));
        return all;
    }

    @Test
    void old_runs_are_compacted_before_their_chunk_is_full_and_values_past_retention_are_dropped() {
        store(List.of(
                new Stored(1, MIDNIGHT, 1, StoredStatus.PASSED),
                new Stored(1, MIDNIGHT.plusSeconds(3_600), 2, StoredStatus.FAILED),
                new Stored(1, MIDNIGHT.minus(Duration.ofDays(8)), 3, StoredStatus.PASSED)));

        now = MIDNIGHT.plus(Duration.ofHours(7));
        compaction.run(progress);

        assertThat(count("runs")).isZero();
        assertThat(read(MIDNIGHT.minus(Duration.ofDays(30)), now))
                .extracting(Stored::value)
                .containsExactly(1.0, 2.0);
    }

    @Test
    void a_period_is_rolled_up_after_its_end_and_again_after_late_values() {
        store(List.of(
                new Stored(1, MIDNIGHT.plusSeconds(1), 0.1, StoredStatus.PASSED),
                new Stored(1, MIDNIGHT.plusSeconds(299), 1001, StoredStatus.FAILED),
                new Stored(1, MIDNIGHT.plusSeconds(300), 4, StoredStatus.PASSED)));
        now = MIDNIGHT.plus(Duration.ofHours(13));
        compaction.run(progress);
        rollups.run(progress);

        assertThat(rolledUp()).containsExactly("0 0.1 1001.0 1001.1 2 FAILED", "300 4.0 4.0 4.0 1 PASSED");
        assertThat(count("rollup_queue")).isZero();

        store(List.of(new Stored(1, MIDNIGHT.plusSeconds(200), -5, StoredStatus.DEGRADED)));
        compaction.run(progress);
        rollups.run(progress);
        assertThat(rolledUp()).containsExactly("0 -5.0 1001.0 996.1 3 FAILED", "300 4.0 4.0 4.0 1 PASSED");
    }

    @Test
    void a_period_that_ends_in_the_middle_of_a_chunk_waits_for_its_last_values() {
        var all = new ArrayList<Stored>();
        for (int n = 0; n < 120; n++) {
            all.add(new Stored(1, MIDNIGHT.plus(Duration.ofMinutes(5L * n)), n, StoredStatus.PASSED));
        }
        store(all.subList(0, 100));
        now = MIDNIGHT.plus(Duration.ofMinutes(5L * 100));
        compaction.run(progress);
        rollups.run(progress);
        assertThat(count("runs")).isEqualTo(40);
        assertThat(rolledUp()).isEmpty();

        store(all.subList(100, 120));
        compaction.run(progress);
        rollups.run(progress);
        assertThat(rolledUp()).hasSize(72).last().isEqualTo("21300 71.0 71.0 71.0 1 PASSED");
    }

    private List<String> rolledUp() {
        var all = new ArrayList<String>();
        new RollupReader(database.jdbc())
                .read(
                        List.of(1),
                        MIDNIGHT,
                        now,
                        (_, start, low, high, sum, count, status) -> all.add("%d %s %s %s %d %s"
                                .formatted(
                                        (start - Micros.of(MIDNIGHT)) / Micros.SECOND, low, high, sum, count, status)));
        return all;
    }

    @Test
    void partitions_and_rows_past_their_retention_are_dropped() {
        store(List.of(
                new Stored(1, MIDNIGHT, 1, StoredStatus.PASSED),
                new Stored(2, MIDNIGHT.plus(Duration.ofDays(5)), 2, StoredStatus.PASSED)));
        now = MIDNIGHT.plus(Duration.ofDays(6));
        compaction.run(progress);
        rollups.run(progress);
        database.jdbc().sql("""
                        insert into history.status_spans (monitor, series, since, until, status)
                        values (1, 1, '2026-11-24', '2026-11-25', 0), (1, 2, '2026-11-24', null, 0)
                        """).update();

        now = MIDNIGHT.plus(Duration.ofDays(10));
        retention.run(progress);
        assertThat(read(MIDNIGHT, now)).extracting(Stored::value).containsExactly(2.0);
        assertThat(count("rollups")).isEqualTo(2);
        assertThat(count("series")).isEqualTo(2);

        now = MIDNIGHT.plus(Duration.ofDays(93));
        retention.run(progress);
        assertThat(count("rollups")).isEqualTo(1);
        assertThat(count("status_spans")).isEqualTo(1);
        assertThat(count("series")).isEqualTo(1);
    }
}
