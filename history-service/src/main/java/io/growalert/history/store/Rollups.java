package io.growalert.history.store;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Rolls periods of six hours up into buckets of five minutes: minimum, maximum, sum, count and the worst status. A period is
 * queued when chunks of it are added, rolled up after its end when its values are compacted, and again when late values arrive.
 */
public final class Rollups {
    public static final Duration BUCKET = Duration.ofMinutes(5);
    static final Duration PERIOD = Duration.ofHours(6);

    static final long BUCKET_MICROS = BUCKET.toMillis() * 1_000;
    static final long PERIOD_MICROS = PERIOD.toMillis() * 1_000;
    private static final int BUCKETS = (int) (PERIOD_MICROS / BUCKET_MICROS);
    private static final int SERIES_AT_ONCE = 500;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final DataSource database;
    private final DayPartitions partitions;
    private final ChunkTable chunks;
    private final InstantSource clock;

    public Rollups(
            JdbcClient jdbc,
            TransactionOperations transaction,
            DataSource database,
            DayPartitions partitions,
            ChunkTable chunks,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.database = database;
        this.partitions = partitions;
        this.chunks = chunks;
        this.clock = clock;
    }

    private record Key(long period, int series) {}

    private static final String ENQUEUE = """
            insert into history.rollup_queue (period, series)
            select period, series from unnest(:periods::timestamptz[], :series::bigint[]) as q (period, series)
            order by period, series
            on conflict do nothing
            """;

    /** Queues the periods of these values, in the caller's transaction. */
    static void changed(JdbcClient jdbc, Map<Integer, SeriesValues> values) {
        Set<Key> keys = new HashSet<>();
        values.forEach((series, all) -> {
            for (int i = 0; i < all.size(); i++) {
                keys.add(new Key(periodOf(all.slot(i)), series));
            }
        });
        if (!keys.isEmpty()) {
            jdbc.sql(ENQUEUE)
                    .param("periods", Columns.times(keys, key -> Micros.instant(key.period())))
                    .param("series", Columns.numbers(keys, Key::series))
                    .update();
        }
    }

    static long periodOf(long slot) {
        return Math.floorDiv(slot, PERIOD_MICROS) * PERIOD_MICROS;
    }

    /** Rolls up what is queued and over. */
    public void run(Progress progress) {
        var periods = jdbc.sql("select distinct period from history.rollup_queue where period <= :over order by period")
                .param("over", Micros.utc(clock.instant().minus(PERIOD)))
                .query((row, _) -> ChunkTable.micros(row, "period"))
                .list();
        for (long period : periods) {
            partitions.create(period, period);
            boolean more = true;
            while (more) {
                more = Boolean.TRUE.equals(transaction.execute(_ -> rollUp(period)));
                progress.advanced();
            }
        }
    }

    /**
     * A compaction that queues a deleted row again waits for this transaction, and its values are read the next time. A period waits
     * for the monitor's runs that are not compacted yet, and for the series' earlier periods: the values behind the last period that
     * was rolled up are read as they are.
     */
    private static final String TAKE = """
            delete from history.rollup_queue where (period, series) in
                (select q.period, q.series from history.rollup_queue q left join history.series s on s.id = q.series
                 where q.period = :period
                   and not exists (select from history.runs r
                                   where r.monitor = s.monitor and r.slot >= :period and r.slot < :end)
                   and not exists (select from history.rollup_queue o where o.series = q.series and o.period < :period)
                 order by q.series limit :limit for update of q)
            returning series
            """;

    private boolean rollUp(long period) {
        var series = jdbc.sql(TAKE)
                .param("period", Micros.utc(Micros.instant(period)))
                .param("end", Micros.utc(Micros.instant(period + PERIOD_MICROS)))
                .param("limit", SERIES_AT_ONCE)
                .query(Integer.class)
                .list();
        if (!series.isEmpty()) {
            store(period, read(series, period));
        }
        return series.size() == SERIES_AT_ONCE;
    }

    private Map<Integer, Buckets> read(List<Integer> series, long period) {
        var all = new HashMap<Integer, Buckets>();
        chunks.readChunks(
                series.toArray(Integer[]::new),
                Micros.instant(period),
                Micros.instant(period + PERIOD_MICROS),
                (id, slot, value, status) -> all.computeIfAbsent(id, _ -> new Buckets(BUCKETS))
                        .add((int) ((slot - period) / BUCKET_MICROS), value, status));
        return all;
    }

    private void store(long period, Map<Integer, Buckets> all) {
        jdbc.sql("delete from history.rollups where period = :period and series = any (:series)")
                .param("period", Micros.utc(Micros.instant(period)))
                .param("series", all.keySet().toArray(Integer[]::new))
                .update();
        var rows = RollupRows.rows();
        all.forEach((series, buckets) -> RollupRows.add(rows, series, Micros.instant(period), buckets));
        rows.copyTo(database);
    }
}
