package io.growalert.benchmarks.alerting;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.history.query.BarWindow;
import io.growalert.history.query.MonitorOverview;
import io.growalert.history.query.MonitorValues;
import io.growalert.history.query.TopicProgress;
import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Compaction;
import io.growalert.history.store.CopyRows;
import io.growalert.history.store.DayPartitions;
import io.growalert.history.store.RollupReader;
import io.growalert.history.store.Rollups;
import io.growalert.runtime.entitlement.CustomerPauses;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** A week of values in a database, written and read by the code of the history-service. */
final class StoredWeek implements AutoCloseable {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final int RUNS_AT_ONCE = 360;

    private static final int COPIED = 500;

    /** Whose values take the service's way into chunks and rollups; the rows of the others are copies. */
    static final int STORED = 50;

    private final HikariDataSource database = new HikariDataSource();
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final int monitors;
    private final Instant end;

    StoredWeek(String url, int monitors, Instant end) {
        this.monitors = monitors;
        this.end = end;
        database.setJdbcUrl(url);
        Flyway.configure()
                .dataSource(database)
                .schemas("history")
                .locations("classpath:db/history-service")
                .load()
                .migrate();
        jdbc = JdbcClient.create(database);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(database));
    }

    /** Monitors with one series each, every 10 s, with a change of status every ten minutes at most; the first {@link #STORED}. */
    void fill(IntConsumer progress) {
        jdbc.sql("""
                        insert into history.monitors (monitor, definition, defined_at, last_slot, newest_slot, status, since, silence)
                        select 'generated-' || n, :definition::jsonb || jsonb_build_object('id', 'generated-' || n), :end, :end, :end, 0, :end, '1 day'
                        from generate_series(0, :monitors - 1) n order by n
                        """)
                .param(
                        "definition",
                        new String(
                                io.growalert.events.Json.write(GeneratedResults.definition(0)),
                                java.nio.charset.StandardCharsets.UTF_8))
                .param("end", end.atOffset(java.time.ZoneOffset.UTC))
                .param("monitors", monitors)
                .update();
        jdbc.sql("""
                        insert into history.series (monitor, labels, hash)
                        select id, '{"room": "room-0"}', 'series-' || id from history.monitors order by id
                        """).update();
        jdbc.sql("""
                        insert into history.status_spans (monitor, series, since, until, status)
                        select m.id, 0, at, case when at + interval '1 hour' < :end then at + interval '1 hour' end, (extract(hour from at)::int % 5 = 0)::int * 2
                        from history.monitors m, generate_series(:end - interval '7 days', :end - interval '1 second', interval '1 hour') at
                        """).param("end", end.atOffset(java.time.ZoneOffset.UTC)).update();
        jdbc.sql("""
                        insert into history.offsets (topic, partition, topic_id, next_offset, complete_at)
                        values ('growalert.check-results', 0, 'none', 0, :end)
                        """).param("end", end.atOffset(java.time.ZoneOffset.UTC)).update();
        var clock = new Instant[] {end};
        var chunks = new DayPartitions(jdbc, transaction, "chunks");
        var rolledUp = new DayPartitions(jdbc, transaction, "rollups");
        InstantSource source = () -> clock[0];
        var compaction = new Compaction(jdbc, transaction, database, chunks, WEEK.plusDays(1), source);
        var rollups = new Rollups(jdbc, transaction, database, rolledUp, new ChunkTable(jdbc), source);
        var step = new Progress("benchmark");
        int percent = 0;
        long runs = WEEK.dividedBy(GeneratedResults.EVERY);
        for (long run = 0; run < runs; run += RUNS_AT_ONCE) {
            store(run, Math.min(runs, run + RUNS_AT_ONCE));
            clock[0] = slot(run + RUNS_AT_ONCE);
            compaction.run(step);
            rollups.run(step);
            if (run * 100 / runs > percent) {
                percent = (int) (run * 100 / runs);
                progress.accept(percent);
            }
        }
    }

    /** The other monitors get the values of the first ones. */
    void copyToOthers() {
        for (int first = STORED; first < monitors; first += COPIED) {
            copy("chunks", "c.start, c.until, c.step, c.slots, c.reals, c.doubles, c.status, c.statuses", first);
            copy(
                    "rollups",
                    "c.period, c.buckets, c.low_reals, c.low, c.high_reals, c.high, c.sums, c.counts, c.status, c.statuses",
                    first);
        }
        jdbc.sql("vacuum analyze").update();
    }

    private void copy(String table, String columns, int first) {
        jdbc.sql("""
                        insert into history.%s select s.id, %s
                        from generate_series(:first + 1, :last) s (id) join history.%s c on c.series = (s.id - 1) %% :stored + 1
                        """.formatted(table, columns, table))
                .param("first", first)
                .param("last", Math.min(monitors, first + COPIED))
                .param("stored", STORED)
                .update();
    }

    private Instant slot(long run) {
        return end.minus(WEEK).plus(GeneratedResults.EVERY.multipliedBy(run));
    }

    private void store(long from, long to) {
        var rows = new CopyRows("history.runs (monitor, slot, series, readings, statuses)");
        for (int monitor = 0; monitor < Math.min(monitors, STORED); monitor++) {
            append(rows, monitor, from, to);
        }
        rows.copyTo(database);
    }

    private void append(CopyRows rows, int monitor, long from, long to) {
        for (long run = from; run < to; run++) {
            var slot = slot(run);
            double value = GeneratedResults.value(monitor, 0, slot.getEpochSecond());
            rows.number(monitor + 1)
                    .time(slot)
                    .ints(new int[] {monitor + 1})
                    .doubles(new double[] {value})
                    .ints(null)
                    .endRow();
        }
    }

    /** In bytes. */
    long size(String tables) {
        return jdbc.sql("""
                        select coalesce(sum(pg_total_relation_size(c.oid)), 0) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname = 'history' and c.relkind = 'r' and c.relname like :tables
                        """).param("tables", tables).query(Long.class).single();
    }

    /** Seconds of each request of a week's timeline of 500 monitors. */
    List<Double> timelines(int requests) {
        var overview = new MonitorOverview(jdbc, new TopicProgress(jdbc), CustomerPauses.NONE);
        var all = new MonitorOverview.Filter(null, List.of(), List.of());
        return measured(requests, _ -> overview.page(all, BarWindow.WEEK, null, 500));
    }

    /** Seconds of each request of a month of one series. */
    List<Double> months(int requests) {
        var values = new MonitorValues(jdbc, new ChunkTable(jdbc), new RollupReader(jdbc), new TopicProgress(jdbc));
        var month = new MonitorValues.Wanted(List.of(), end.minus(Duration.ofDays(30)), end, 1_000);
        return measured(requests, n -> values.read(GeneratedResults.monitor(n % monitors), month));
    }

    private static List<Double> measured(int requests, IntConsumer request) {
        var seconds = new ArrayList<Double>();
        for (int n = 0; n < requests; n++) {
            long from = System.nanoTime();
            request.accept(n);
            seconds.add((System.nanoTime() - from) / 1e9);
        }
        return seconds.subList(requests / 10, requests);
    }

    @Override
    public void close() {
        database.close();
    }
}
