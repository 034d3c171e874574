package io.growalert.history.store;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.loop.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.PGStatement;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Moves runs into chunks: the oldest 60 slots of each monitor at a time, and fewer when they are old. Rows are deleted and chunks
 * inserted in one transaction, so that readers see each value once.
 */
public final class Compaction {
    /** Slow monitors wait this long for a full chunk. */
    static final Duration OLD = Duration.ofHours(6);
    /** Of one transaction, which are in memory. */
    private static final int MOST_VALUES = 1_200_000;

    private static final int MOST_MONITORS = 200;

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final TransactionOperations transaction;
    private final DataSource database;
    private final DayPartitions partitions;
    private final Duration retention;
    private final InstantSource clock;
    private final LongAdder compacted = new LongAdder();

    /** @param retention of chunks; older values are dropped */
    public Compaction(
            JdbcClient jdbc,
            TransactionOperations transaction,
            DataSource database,
            DayPartitions partitions,
            Duration retention,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.template = new JdbcTemplate(database);
        this.transaction = transaction;
        this.database = database;
        this.partitions = partitions;
        this.retention = retention;
        this.clock = clock;
    }

    private record Backlog(int monitor, long slots, long values) {
        /** How many slots one transaction takes. */
        long portion() {
            return Math.clamp(MOST_VALUES / perSlot(), 1, ChunkTable.SIZE);
        }

        /** About how many values these are. */
        long size() {
            return portion() * perSlot();
        }

        private long perSlot() {
            return Math.max(1, values / slots);
        }
    }

    private static final String BACKLOG = """
            select monitor, count(distinct slot) as slots, sum(cardinality(series)) as values from history.runs
            group by monitor having count(distinct slot) >= :size or min(slot) < :old
            """;

    /** Compacts what is due: of several monitors in one transaction. */
    public void run(Progress progress) {
        var now = clock.instant();
        var old = now.minus(OLD);
        var due = new ArrayDeque<>(jdbc.sql(BACKLOG)
                .param("size", ChunkTable.SIZE)
                .param("old", Micros.utc(old))
                .query(Backlog.class)
                .list());
        while (!due.isEmpty()) {
            var some = take(due);
            var ranges = ranges(some, old);
            compact(ranges.values(), now);
            progress.advanced();
            some.stream().filter(each -> ranges.containsKey(each.monitor())).forEach(due::addLast);
        }
    }

    /** As many as one transaction can have, at least one. */
    private static List<Backlog> take(Deque<Backlog> due) {
        var taken = new ArrayList<Backlog>();
        long values = 0;
        while (!due.isEmpty() && taken.size() < MOST_MONITORS) {
            values += due.getFirst().size();
            if (values > MOST_VALUES && !taken.isEmpty()) {
                break;
            }
            taken.add(due.removeFirst());
        }
        return taken;
    }

    /** How many values were moved into chunks. */
    public long compacted() {
        return compacted.sum();
    }

    /** The slots of a monitor that become chunks. */
    private record Range(int monitor, long first, long last) {}

    /**
     * Runs that are newer than the {@code newest_slot} of the monitor's row stay, because its last slot follows from them (ADR 47), until
     * all partitions are stored up to {@link #OLD} after them.
     */
    private static final String OLDEST = """
            select b.monitor, o.first, o.last
            from unnest(:monitors::int[], :portions::bigint[]) as b (monitor, portion)
            left join history.monitors m on m.id = b.monitor
            cross join (select coalesce(min(coalesce(complete_at, '-infinity')), '-infinity') as complete_at from history.offsets) c
            cross join lateral (select min(slot) as first, max(slot) as last, count(*) as slots
                                from (select distinct slot from history.runs
                                      where monitor = b.monitor
                                        and slot <= greatest(m.newest_slot, least(:old, c.complete_at - make_interval(secs => :wait)))
                                      order by slot limit b.portion) d) o
            where o.slots >= b.portion or o.first < :old
            """;

    /** By monitor; without those of which too little is left. */
    private Map<Integer, Range> ranges(List<Backlog> monitors, Instant old) {
        return jdbc
                .sql(OLDEST)
                .param("monitors", Columns.numbers(monitors, Backlog::monitor))
                .param("portions", Columns.numbers(monitors, Backlog::portion))
                .param("old", Micros.utc(old))
                .param("wait", OLD.toSeconds())
                .query((row, _) -> new Range(
                        row.getInt("monitor"), ChunkTable.micros(row, "first"), ChunkTable.micros(row, "last")))
                .list()
                .stream()
                .collect(Collectors.toMap(Range::monitor, Function.identity()));
    }

    private void compact(Collection<Range> ranges, Instant now) {
        if (ranges.isEmpty()) {
            return;
        }
        long oldest = Micros.of(now.minus(retention));
        ranges.forEach(range -> partitions.create(Math.max(range.first(), oldest), Math.max(range.last(), oldest)));
        transaction.executeWithoutResult(_ -> move(ranges, oldest));
    }

    private static final String TAKE = """
            with taken as (delete from history.runs r
                           using unnest(?::int[], ?::timestamptz[], ?::timestamptz[]) as b (monitor, first, last)
                           where r.monitor = b.monitor and r.slot >= b.first and r.slot <= b.last
                           returning r.slot, r.series, r.readings, r.statuses)
            select * from taken order by slot
            """;

    private void move(Collection<Range> ranges, long oldest) {
        jdbc.sql(ADVANCE_MONITORS)
                .param("monitors", Columns.numbers(ranges, Range::monitor))
                .param("lasts", Columns.times(ranges, range -> Micros.instant(range.last())))
                .update();
        var values = new HashMap<Integer, SeriesValues>();
        var collector = ChunkTable.collector(values);
        RowCallbackHandler run = row -> ChunkTable.run(row, (series, slot, value, status) -> {
            if (slot >= oldest) {
                collector.accept(series, slot, value, status);
            }
        });
        template.query(connection -> take(connection, ranges), run);
        var rows = ChunkTable.rows();
        values.forEach((series, all) -> {
            ChunkTable.add(rows, series, all);
            compacted.add(all.size());
        });
        rows.copyTo(database);
        Rollups.changed(jdbc, values);
    }

    /** The monitor's runs ended before its row was written again: it gets the slot and the value of the last run that is moved. */
    private static final String ADVANCE_MONITORS = """
            update history.monitors m
            set last_slot = greatest(m.last_slot, b.last), newest_slot = b.last,
                last_value = case when cardinality(r.readings) = 1 then r.readings[1] end
            from unnest(:monitors::int[], :lasts::timestamptz[]) as b (monitor, last)
            cross join lateral (select readings from history.runs where monitor = b.monitor and slot = b.last limit 1) r
            where m.id = b.monitor and m.newest_slot < b.last
            """;

    /** With arrays in binary form from the first execution: parsing them as text is most of the work. */
    private static PreparedStatement take(Connection connection, Collection<Range> ranges) throws SQLException {
        var statement = connection.prepareStatement(TAKE);
        statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
        statement.setObject(1, Columns.numbers(ranges, Range::monitor));
        statement.setObject(2, Columns.times(ranges, range -> Micros.instant(range.first())));
        statement.setObject(3, Columns.times(ranges, range -> Micros.instant(range.last())));
        return statement;
    }
}
