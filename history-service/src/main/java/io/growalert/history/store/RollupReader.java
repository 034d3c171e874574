package io.growalert.history.store;

import java.time.Instant;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what was rolled up. */
public final class RollupReader {
    private final JdbcClient jdbc;

    public RollupReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String READ = """
            select series, period, buckets, low_reals, low, high_reals, high, sums, counts, status, statuses
            from history.rollups
            where series = any (:series) and period >= :first and period < :to
            """;

    /** Gets what was rolled up. */
    @FunctionalInterface
    public interface Sink {
        /** @param start of the bucket, in microseconds since the epoch */
        void accept(int series, long start, double low, double high, double sum, int count, StoredStatus status);
    }

    /** Passes the buckets that begin in the period, and returns which periods of which series were rolled up. */
    public RolledUp read(Collection<Integer> series, Instant from, Instant to, Sink sink) {
        var rolled = new RolledUp(Rollups.PERIOD_MICROS);
        long first = Micros.of(from);
        long end = Micros.of(to);
        jdbc.sql(READ)
                .param("series", series.toArray(Integer[]::new))
                .param("first", Micros.utc(Micros.instant(Rollups.periodOf(first))))
                .param("to", Micros.utc(to))
                .query(row -> {
                    int id = row.getInt("series");
                    long period = ChunkTable.micros(row, "period");
                    rolled.add(id, period);
                    RollupRows.read(row, (bucket, low, high, sum, count, status) -> {
                        long start = period + bucket * Rollups.BUCKET_MICROS;
                        if (start >= first && start < end) {
                            sink.accept(id, start, low, high, sum, count, status);
                        }
                    });
                });
        return rolled;
    }
}
