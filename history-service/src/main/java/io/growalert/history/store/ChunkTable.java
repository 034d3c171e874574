package io.growalert.history.store;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads and writes values: recent ones in {@code history.runs}, older ones in {@code history.chunks}. */
public final class ChunkTable {
    /** The most values of a chunk. */
    static final int SIZE = 60;

    private final JdbcClient jdbc;

    public ChunkTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String READ_CHUNKS = """
            select series, start, step, slots, reals, doubles, status, statuses from history.chunks
            where series = any (:series) and start >= :first and start < :to and until >= :from
            order by series, start
            """;

    private static final String READ_RUNS = """
            select slot, series, readings, statuses from history.runs
            where monitor = :monitor and slot >= :from and slot < :to
            order by slot
            """;

    /** Passes the values of these series of a monitor with a slot from {@code from} to before {@code to}. */
    public void read(int monitor, Collection<Integer> series, Instant from, Instant to, ValueSink sink) {
        var wanted = series.toArray(Integer[]::new);
        readChunks(wanted, from, to, sink);
        var ids = Arrays.stream(wanted).mapToInt(Integer::intValue).sorted().toArray();
        jdbc.sql(READ_RUNS)
                .param("monitor", monitor)
                .param("from", Micros.utc(from))
                .param("to", Micros.utc(to))
                .query(row -> {
                    run(row, ids, sink);
                });
    }

    private static final String LAST_CHUNKS = """
            select c.* from unnest(:series::int[]) as s (id)
            cross join lateral (select series, start, step, slots, reals, doubles, status, statuses from history.chunks
                                where series = s.id order by start desc limit 1) c
            """;

    private static final String LAST_RUN = """
            select slot, series, readings, statuses from history.runs
            where monitor = :monitor and slot = (select max(slot) from history.runs where monitor = :monitor)
            """;

    /** Passes at least the last value of each of these series of a monitor. */
    public void readLast(int monitor, Collection<Integer> series, ValueSink sink) {
        var rest = new HashSet<>(series);
        jdbc.sql(LAST_RUN).param("monitor", monitor).query(row -> {
            run(row, (id, slot, value, status) -> {
                if (rest.remove(id)) {
                    sink.accept(id, slot, value, status);
                }
            });
        });
        if (!rest.isEmpty()) {
            jdbc.sql(LAST_CHUNKS).param("series", rest.toArray(Integer[]::new)).query(row -> {
                chunk(row, sink);
            });
            jdbc.sql("select slot, series, readings, statuses from history.runs where monitor = :monitor")
                    .param("monitor", monitor)
                    .query(row -> {
                        run(row, (id, slot, value, status) -> {
                            if (rest.contains(id)) {
                                sink.accept(id, slot, value, status);
                            }
                        });
                    });
        }
    }

    private static void run(ResultSet row, int[] ids, ValueSink sink) throws SQLException {
        run(row, (series, slot, value, status) -> {
            if (Arrays.binarySearch(ids, series) >= 0) {
                sink.accept(series, slot, value, status);
            }
        });
    }

    /** The values of a row of {@code history.runs}. */
    static void run(ResultSet row, ValueSink sink) throws SQLException {
        long slot = micros(row, "slot");
        var series = array(row.getArray("series"), Integer[].class);
        var readings = array(row.getArray("readings"), Double[].class);
        var statuses = array(row.getArray("statuses"), Short[].class);
        if (series == null || readings == null) {
            return;
        }
        for (int i = 0; i < series.length; i++) {
            var status = statuses == null ? StoredStatus.PASSED : StoredStatus.of(statuses[i]);
            sink.accept(series[i], slot, readings[i], status);
        }
    }

    void readChunks(Integer[] series, Instant from, Instant to, ValueSink sink) {
        long first = Micros.of(from);
        long end = Micros.of(to);
        jdbc.sql(READ_CHUNKS)
                .param("series", series)
                .param("first", Micros.utc(Micros.instant(Micros.day(first))))
                .param("from", Micros.utc(from))
                .param("to", Micros.utc(to))
                .query(row -> {
                    chunk(row, (id, slot, value, status) -> {
                        if (slot >= first && slot < end) {
                            sink.accept(id, slot, value, status);
                        }
                    });
                });
    }

    private static void chunk(ResultSet row, ValueSink sink) throws SQLException {
        int series = row.getInt("series");
        long start = micros(row, "start");
        long step = row.getLong("step");
        var slots = array(row.getArray("slots"), Long[].class);
        var values = ValueColumn.decoded(
                array(row.getArray("reals"), Float[].class), array(row.getArray("doubles"), Double[].class));
        var all = StoredStatus.of(row.getShort("status"));
        var statuses = array(row.getArray("statuses"), Short[].class);
        for (int i = 0; i < values.length; i++) {
            long slot = start + (slots == null ? step * i : slots[i]);
            sink.accept(series, slot, values[i], statuses == null ? all : StoredStatus.of(statuses[i]));
        }
    }

    static <T> @Nullable T array(@Nullable Array array, Class<T> type) throws SQLException {
        return array == null ? null : type.cast(array.getArray());
    }

    static long micros(ResultSet row, String column) throws SQLException {
        return Micros.of(row.getObject(column, OffsetDateTime.class).toInstant());
    }

    static CopyRows rows() {
        return new CopyRows("history.chunks (series, start, until, step, slots, reals, doubles, status, statuses)");
    }

    /** Adds the chunks of a series, whose values are in the order of slots; a chunk is of one day. */
    static void add(CopyRows rows, int series, SeriesValues values) {
        int from = 0;
        while (from < values.size()) {
            int to = from + 1;
            long day = Micros.day(values.slot(from));
            while (to < values.size() && to - from < SIZE && Micros.day(values.slot(to)) == day) {
                to++;
            }
            addOne(rows, series, values, from, to);
            from = to;
        }
    }

    private static void addOne(CopyRows rows, int series, SeriesValues values, int from, int to) {
        long start = values.slot(from);
        long step = to - from > 1 ? values.slot(from + 1) - start : 0;
        var slots = new long[to - from];
        var numbers = new double[to - from];
        var statuses = new int[to - from];
        boolean steady = true;
        boolean equal = true;
        for (int i = 0; i < slots.length; i++) {
            slots[i] = values.slot(from + i) - start;
            numbers[i] = values.value(from + i);
            statuses[i] = values.status(from + i).code();
            steady &= slots[i] == step * i;
            equal &= statuses[i] == statuses[0];
        }
        var column = ValueColumn.of(numbers);
        rows.number(series)
                .time(Micros.instant(start))
                .time(Micros.instant(values.slot(to - 1)))
                .number(steady ? step : 0)
                .longs(steady ? null : slots)
                .reals(column.reals())
                .doubles(column.doubles())
                .number(statuses[0])
                .ints(equal ? null : statuses)
                .endRow();
    }

    /** Values by series, in the order of slots. */
    public Map<Integer, SeriesValues> read(int monitor, Collection<Integer> series, Instant from, Instant to) {
        var all = new HashMap<Integer, SeriesValues>();
        read(monitor, series, from, to, collector(all));
        all.replaceAll((_, values) -> values.sorted());
        return all;
    }

    static ValueSink collector(Map<Integer, SeriesValues> all) {
        return (id, slot, value, status) ->
                all.computeIfAbsent(id, _ -> new SeriesValues()).add(slot, value, status);
    }
}
