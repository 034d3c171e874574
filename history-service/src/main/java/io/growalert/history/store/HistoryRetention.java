package io.growalert.history.store;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Drops what is older than its retention: partitions of values and rollups, and rows of everything else. */
public final class HistoryRetention {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryRetention.class);
    private static final int ROWS_AT_ONCE = 10_000;

    /** Of new series, which must not be deleted before their first span is stored. */
    public static final String SERIES_LOCK = "hashtextextended('history.series', 0)";

    private static final List<String> OLD_ROWS = List.of("""
            delete from history.status_spans where (monitor, series, since) in
                (select monitor, series, since from history.status_spans where until < :before limit :rows)
            """, """
            delete from history.transitions where event in
                (select event from history.transitions t join history.alert_incidents i using (incident)
                 where i.resolved_at < :before limit :rows)
            """, """
            delete from history.notifications where event in
                (select event from history.notifications n where time < :before
                 and not exists (select from history.alert_incidents i where i.incident = n.incident
                                 and (i.resolved_at is null or i.resolved_at >= :before)) limit :rows)
            """, """
            delete from history.alert_incidents where incident in
                (select incident from history.alert_incidents where resolved_at < :before limit :rows)
            """, """
            delete from history.thresholds where (monitor, valid_from) in
                (select monitor, valid_from from history.thresholds where valid_to < :before limit :rows)
            """);

    /** Each stored value is within a span of its series, which is retained at least as long. */
    private static final String FORGOTTEN_SERIES = """
            delete from history.series s
            where not exists (select from history.status_spans p where p.monitor = s.monitor and p.series = s.id)
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final DayPartitions chunks;
    private final DayPartitions rollups;
    private final Retention retention;
    private final InstantSource clock;

    /**
     * @param raw of values
     * @param rollups of rollups, spans, incidents, notifications and thresholds
     */
    public record Retention(Duration raw, Duration rollups) {}

    public HistoryRetention(
            JdbcClient jdbc,
            TransactionOperations transaction,
            DayPartitions chunks,
            DayPartitions rollups,
            Retention retention,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.chunks = chunks;
        this.rollups = rollups;
        this.retention = retention;
        this.clock = clock;
    }

    public void run(Progress progress) {
        int dropped = chunks.dropBefore(clock.instant().minus(retention.raw()));
        var before = clock.instant().minus(retention.rollups());
        dropped += rollups.dropBefore(before);
        long deleted = 0;
        for (var sql : OLD_ROWS) {
            int rows = ROWS_AT_ONCE;
            while (rows == ROWS_AT_ONCE) {
                rows = jdbc.sql(sql)
                        .param("before", Micros.utc(before))
                        .param("rows", ROWS_AT_ONCE)
                        .update();
                deleted += rows;
                progress.advanced();
            }
        }
        transaction.executeWithoutResult(_ -> {
            jdbc.sql("select pg_advisory_xact_lock(%s)".formatted(SERIES_LOCK)).query(row -> {});
            jdbc.sql(FORGOTTEN_SERIES).update();
        });
        if (dropped > 0 || deleted > 0) {
            LOG.atInfo()
                    .addKeyValue("partitions", dropped)
                    .addKeyValue("rows", deleted)
                    .log("Dropped history past retention");
        }
    }
}
