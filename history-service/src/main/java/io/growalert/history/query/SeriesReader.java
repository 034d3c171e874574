package io.growalert.history.query;

import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the series of a monitor. */
final class SeriesReader {
    private final JdbcClient jdbc;

    SeriesReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param alert the public id: the id of the series' alert, which is the same in every database
     * @param status null: the series is not known any longer
     */
    record Series(
            int id,
            String alert,
            Map<String, String> labels,
            @Nullable StoredStatus status,
            @Nullable Instant since) {}

    private static final String READ = """
            select s.id, s.hash, s.labels::text as labels, p.status, p.since
            from history.series s
            left join history.status_spans p on p.monitor = s.monitor and p.series = s.id and p.until is null
            where s.monitor = :monitor
            """;

    /** FAILED, ERROR, NO_DATA, MISSED, DEGRADED, PASSED. */
    private static final String WORST_FIRST =
            " order by array_position(array[2, 4, 3, 5, 1, 0]::smallint[], p.status) nulls last, s.id limit :limit";

    /** Known now, or after an instant. */
    private static final String PRESENT = """
             and (p.status is not null
                  or exists (select from history.status_spans e
                             where e.monitor = s.monitor and e.series = s.id and e.until >= :since::timestamptz))
            """;

    /**
     * Those that are known now, the worst ones first.
     *
     * @param since those too that vanished after it; null: no others
     */
    List<Series> present(int monitor, @Nullable Instant since, int limit) {
        return jdbc.sql(READ + PRESENT + WORST_FIRST)
                .param("monitor", monitor)
                .param("since", since == null ? null : Micros.utc(since), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("limit", limit)
                .query((row, _) -> series(row))
                .list();
    }

    /** How many {@link #present} has without a limit. */
    int total(int monitor, Instant since) {
        return jdbc.sql("select count(*) from (" + READ + PRESENT + ") found")
                .param("monitor", monitor)
                .param("since", Micros.utc(since))
                .query(Integer.class)
                .single();
    }

    /** All that were ever known, with those that are known now first. */
    List<Series> all(int monitor, int limit) {
        return jdbc.sql(READ + " order by p.status is null, s.id limit :limit")
                .param("monitor", monitor)
                .param("limit", limit)
                .query((row, _) -> series(row))
                .list();
    }

    List<Series> some(int monitor, Collection<String> alerts) {
        return jdbc.sql(READ + " and s.hash = any (:alerts) order by s.id")
                .param("monitor", monitor)
                .param("alerts", alerts.toArray(String[]::new))
                .query((row, _) -> series(row))
                .list();
    }

    private static Series series(ResultSet row) throws SQLException {
        var status = row.getObject("status");
        return new Series(
                row.getInt("id"),
                row.getString("hash"),
                MonitorReader.labels(row.getString("labels")),
                status == null ? null : StoredStatus.of(((Number) status).intValue()),
                Columns.optionalInstant(row, "since"));
    }

    /** The last value of a series. */
    record Last(Instant slot, double value) {}

    /** The last values by the id of the series. */
    static Map<Integer, Last> last(int monitor, Collection<Integer> series, ChunkTable values) {
        var last = new HashMap<Integer, Last>();
        values.readLast(monitor, series, (id, at, value, _) -> {
            var slot = Micros.instant(at);
            last.merge(id, new Last(slot, value), (one, other) -> other.slot().isAfter(one.slot()) ? other : one);
        });
        return last;
    }
}
