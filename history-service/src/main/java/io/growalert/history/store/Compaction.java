package io.growalert.history.store;

import io.growalert.runtime.loop.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.postgresql.PGStatement;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Moves runs into chunks: the oldest 60 slots of a monitor at a time, and fewer when they are old. Rows are deleted and chunks
 * inserted in one transaction, so that readers see each value once.
 */
public final class Compaction {
    /** Slow monitors wait this long for a full chunk. */
    static final Duration OLD = Duration.ofHours(6);
    /** Of one transaction, which are in memory. */
    private static final int MOST_VALUES = 1_200_000;

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
            long perSlot = Math.max(1, values / slots);
            return Math.clamp(MOST_VALUES / perSlot, 1, ChunkTable.SIZE);
        }
    }

    private static final String BACKLOG = """
            select monitor, count(distinct slot) as slots, sum(cardinality(series)) as values from history.runs
            group by monitor having count(distinct slot) >= :size or min(slot) < :old
            """;

    /** Compacts what is due. */
    public void run(Progress progress) {
        var now = clock.instant();
        var old = now.minus(OLD);
        var due = jdbc.sql(BACKLOG)
                .param("size", ChunkTable.SIZE)
                .param("old", Micros.utc(old))
                .query(Backlog.class)
                .list();
        for (var backlog : due) {
            while (compact(backlog, old, now)) {
                progress.advanced();
            }
        }
    }

    /** How many values were moved into chunks. */
    public long compacted() {
        return compacted.sum();
    }

    private static final String OLDEST = """
            select distinct slot from history.runs where monitor = :monitor order by slot limit :portion
            """;

    /** False when the rest is neither enough nor old. */
    private boolean compact(Backlog backlog, Instant old, Instant now) {
        long portion = backlog.portion();
        var slots = jdbc.sql(OLDEST)
                .param("monitor", backlog.monitor())
                .param("portion", portion)
                .query((row, _) -> ChunkTable.micros(row, "slot"))
                .list();
        if (slots.isEmpty() || (slots.size() < portion && slots.getFirst() >= Micros.of(old))) {
            return false;
        }
        long oldest = Micros.of(now.minus(retention));
        partitions.create(Math.max(slots.getFirst(), oldest), Math.max(slots.getLast(), oldest));
        transaction.executeWithoutResult(_ -> move(backlog.monitor(), slots, oldest));
        return true;
    }

    private static final String TAKE = """
            with taken as (delete from history.runs where monitor = ? and slot >= ? and slot <= ?
                           returning slot, series, readings, statuses)
            select * from taken order by slot
            """;

    private void move(int monitor, List<Long> slots, long oldest) {
        var values = new HashMap<Integer, SeriesValues>();
        RowCallbackHandler run = row -> ChunkTable.run(row, (series, slot, value, status) -> {
            if (slot >= oldest) {
                values.computeIfAbsent(series, _ -> new SeriesValues()).add(slot, value, status);
            }
        });
        template.query(connection -> take(connection, monitor, slots.getFirst(), slots.getLast()), run);
        var rows = ChunkTable.rows();
        values.forEach((series, all) -> {
            ChunkTable.add(rows, series, all);
            compacted.add(all.size());
        });
        rows.copyTo(database);
        Rollups.changed(jdbc, values);
    }

    /** With arrays in binary form from the first execution: parsing them as text is most of the work. */
    private static PreparedStatement take(Connection connection, int monitor, long first, long last)
            throws SQLException {
        var statement = connection.prepareStatement(TAKE);
        statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
        statement.setInt(1, monitor);
        statement.setObject(2, Micros.utc(Micros.instant(first)));
        statement.setObject(3, Micros.utc(Micros.instant(last)));
        return statement;
    }
}
