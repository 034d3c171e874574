package io.growalert.history.query;

import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the spans of monitors and series. */
final class SpanReader {
    private final JdbcClient jdbc;

    SpanReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param series 0: the monitor itself */
    record Span(
            int monitor,
            int series,
            StoredStatus status,
            Instant since,
            @Nullable Instant until) {
        Instant end(Instant now) {
            return until == null ? Instants.latest(now, since) : until;
        }
    }

    private static final String READ = """
            select monitor, series, status, since, until from history.status_spans
            where monitor = any (:monitors) and series = any (:series) and since < :to and (until is null or until > :from)
            order by monitor, series, since limit :limit
            """;

    List<Span> read(Collection<Integer> monitors, Collection<Integer> series, Instant from, Instant to, int limit) {
        return jdbc.sql(READ)
                .param("monitors", monitors.toArray(Integer[]::new))
                .param("series", series.toArray(Integer[]::new))
                .param("from", Micros.utc(from))
                .param("to", Micros.utc(to))
                .param("limit", limit)
                .query((row, _) -> new Span(
                        row.getInt("monitor"),
                        row.getInt("series"),
                        StoredStatus.of(row.getShort("status")),
                        Columns.instant(row, "since"),
                        Columns.optionalInstant(row, "until")))
                .list();
    }

    /** A bar of each monitor by its id. */
    Map<Integer, StatusBar> bars(Collection<MonitorReader.Entry> monitors, BarWindow window, Instant now) {
        var bars = new HashMap<Integer, StatusBar>();
        monitors.forEach(monitor -> {
            var bar = new StatusBar(window, now);
            monitor.unchecked(now).ifPresent(since -> bar.add(StoredStatus.MISSED, since, Instants.latest(now, since)));
            bars.put(monitor.id(), bar);
        });
        var from = window.from(now);
        var byId = new HashMap<Integer, MonitorReader.Entry>();
        monitors.forEach(monitor -> byId.put(monitor.id(), monitor));
        for (var span :
                read(byId.keySet(), List.of(0), from, Instants.latest(now, from).plusSeconds(1), Integer.MAX_VALUE)) {
            var monitor = byId.get(span.monitor());
            var bar = bars.get(span.monitor());
            if (monitor != null && bar != null) {
                bar.add(span.status(), span.since(), monitor.knownUntil(span.end(now), now));
            }
        }
        return bars;
    }
}
