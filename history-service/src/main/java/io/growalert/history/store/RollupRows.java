package io.growalert.history.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The rows of {@code history.rollups}. */
final class RollupRows {
    private RollupRows() {}

    @FunctionalInterface
    interface Bucket {
        void accept(int bucket, double low, double high, double sum, int count, StoredStatus status);
    }

    static CopyRows rows() {
        return new CopyRows("history.rollups"
                + " (series, period, buckets, low_reals, low, high_reals, high, sums, counts, status, statuses)");
    }

    static void add(CopyRows rows, int series, Instant period, Buckets buckets) {
        int[] used = IntStream.range(0, buckets.size())
                .filter(bucket -> buckets.count(bucket) > 0)
                .toArray();
        var low = ValueColumn.of(Arrays.stream(used).mapToDouble(buckets::low).toArray());
        var high = ValueColumn.of(Arrays.stream(used).mapToDouble(buckets::high).toArray());
        int[] statuses =
                Arrays.stream(used).map(bucket -> buckets.status(bucket).code()).toArray();
        boolean equal = Arrays.stream(statuses).allMatch(status -> status == statuses[0]);
        rows.number(series)
                .time(period)
                .ints(used)
                .reals(low.reals())
                .doubles(low.doubles())
                .reals(high.reals())
                .doubles(high.doubles())
                .doubles(Arrays.stream(used)
                        .mapToDouble(bucket -> buckets.sum[bucket])
                        .toArray())
                .ints(Arrays.stream(used).map(buckets::count).toArray())
                .number(statuses[0])
                .ints(equal ? null : statuses)
                .endRow();
    }

    static void read(ResultSet row, Bucket sink) throws SQLException {
        var buckets = ChunkTable.array(row.getArray("buckets"), Short[].class);
        var low = values(row, "low_reals", "low");
        var high = values(row, "high_reals", "high");
        var sums = ChunkTable.array(row.getArray("sums"), Double[].class);
        var counts = ChunkTable.array(row.getArray("counts"), Integer[].class);
        var all = StoredStatus.of(row.getShort("status"));
        var statuses = ChunkTable.array(row.getArray("statuses"), Short[].class);
        if (buckets == null || sums == null || counts == null) {
            return;
        }
        for (int i = 0; i < buckets.length; i++) {
            var status = statuses == null ? all : StoredStatus.of(statuses[i]);
            sink.accept(buckets[i], low[i], high[i], sums[i], counts[i], status);
        }
    }

    private static double[] values(ResultSet row, String reals, String doubles) throws SQLException {
        return ValueColumn.decoded(
                ChunkTable.array(row.getArray(reals), Float[].class),
                ChunkTable.array(row.getArray(doubles), Double[].class));
    }
}
