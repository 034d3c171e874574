package io.growalert.history.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.history.HistoryDatabase;
import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Compaction;
import io.growalert.history.store.CopyRows;
import io.growalert.history.store.DayPartitions;
import io.growalert.history.store.Micros;
import io.growalert.history.store.RollupReader;
import io.growalert.history.store.Rollups;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A long period is read from rollups, and from values where there are none yet; on a real database. */
class CurveReaderTest {
    private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");
    private static final Duration EVERY = Duration.ofSeconds(30);
    private static final int RUNS = 2 * 24 * 120;

    private static double value(int n) {
        return n % 997 == 0 ? 5_000.25 + n : Math.sin(n / 100.0) * 100;
    }

    private record Extremes(double min, double max, int count) {
        Extremes with(double value) {
            return new Extremes(Math.min(min, value), Math.max(max, value), count + 1);
        }
    }

    @Test
    void minima_and_maxima_are_those_of_the_values() {
        try (var database = HistoryDatabase.migrated()) {
            var end = START.plus(EVERY.multipliedBy(RUNS));
            var jdbc = database.jdbc();
            var values = new ChunkTable(jdbc);
            fill(database, values, end);
            Map<Long, Extremes> expected = new TreeMap<>();
            for (int n = 0; n < RUNS; n++) {
                long point = START.plus(EVERY.multipliedBy(n)).getEpochSecond() / 1_800 * 1_800;
                expected.merge(point, new Extremes(value(n), value(n), 1), (all, one) -> all.with(one.min()));
            }
            var series = new SeriesReader.Series(1, "alert", Map.of(), StoredStatus.PASSED, START);

            var curve = new CurveReader(values, new RollupReader(jdbc))
                    .read(1, List.of(series), START, end, new Resolution(Duration.ofMinutes(30)))
                    .getFirst();

            assertThat(jdbc.sql("select count(*) from history.rollups")
                            .query(Long.class)
                            .single())
                    .isEqualTo(7);
            assertThat(curve.t()).map(Number::longValue).containsExactlyElementsOf(expected.keySet());
            assertThat(curve.min())
                    .containsExactlyElementsOf(
                            expected.values().stream().map(Extremes::min).toList());
            assertThat(curve.max())
                    .containsExactlyElementsOf(
                            expected.values().stream().map(Extremes::max).toList());
        }
    }

    /** The last six hours are not rolled up yet, and the last hour is not compacted. */
    private static void fill(HistoryDatabase database, ChunkTable values, Instant end) {
        var jdbc = database.jdbc();
        jdbc.sql("insert into history.monitors (monitor, newest_slot) values ('room', :end)")
                .param("end", Micros.utc(end))
                .update();
        jdbc.sql("insert into history.series (monitor, labels, hash) values (1, '{}', 'alert')")
                .update();
        var rows = new CopyRows("history.runs (monitor, slot, series, readings, statuses)");
        for (int n = 0; n < RUNS; n++) {
            rows.number(1)
                    .time(START.plus(EVERY.multipliedBy(n)))
                    .ints(new int[] {1})
                    .doubles(new double[] {value(n)})
                    .ints(null)
                    .endRow();
        }
        rows.copyTo(database.dataSource());
        var clock = InstantSource.fixed(end.minusSeconds(60));
        var chunks = new DayPartitions(jdbc, database.transaction(), "chunks");
        var partitions = new DayPartitions(jdbc, database.transaction(), "rollups");
        new Compaction(jdbc, database.transaction(), database.dataSource(), chunks, Duration.ofDays(7), clock)
                .run(new Progress("test"));
        new Rollups(jdbc, database.transaction(), database.dataSource(), partitions, values, clock)
                .run(new Progress("test"));
    }
}
