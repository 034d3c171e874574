package io.growalert.history.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.UnreadableValue;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the monitors that are defined. */
final class MonitorReader {
    private static final String COLUMNS =
            "id, monitor, labels::text as labels, definition::text as definition, defined_at, status, since, error,"
                    + " coalesce(r.slot, last_slot) as last_slot,"
                    + " case when r.slot is null then last_value when cardinality(r.readings) = 1 then r.readings[1] end as last_value";

    /** The newest run after the {@code newest_slot} of the monitor's row, if there is one (ADR 47). */
    private static final String LAST_RUN = """
             left join lateral (select slot, readings from history.runs
                                where monitor = m.id and slot > m.newest_slot order by slot desc limit 1) r on true
            """;

    private final JdbcClient jdbc;

    MonitorReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A monitor, with the last slot and value of its newest run where that is later than its row.
     *
     * @param recorded the status at the last slot
     */
    record Entry(
            int id,
            String monitor,
            Map<String, String> labels,
            String json,
            MonitorDefinition definition,
            @Nullable Instant definedAt,
            @Nullable Instant lastSlot,
            @Nullable Double lastValue,
            @Nullable StoredStatus recorded,
            @Nullable Instant recordedSince,
            @Nullable String error) {
        private @Nullable Instant lastSign() {
            if (lastSlot == null || definedAt == null) {
                return lastSlot == null ? definedAt : lastSlot;
            }
            return lastSlot.isAfter(definedAt) ? lastSlot : definedAt;
        }

        /** Since when slots are missed, when no result arrived for longer than the monitor may be silent. */
        Optional<Instant> unchecked(Instant now) {
            var last = lastSign();
            return last != null && Duration.between(last, now).compareTo(definition.silenceLimit()) > 0
                    ? Optional.of(last.plus(definition.every()))
                    : Optional.empty();
        }

        /** The end of a span that lasts; its status is known until slots were missed only. */
        Instant knownUntil(Instant end, Instant now) {
            return unchecked(now).map(missed -> Instants.earliest(end, missed)).orElse(end);
        }

        @Nullable
        StoredStatus status(Instant now) {
            return unchecked(now).isPresent() ? StoredStatus.MISSED : recorded;
        }

        @Nullable
        Instant since(Instant now) {
            return unchecked(now).orElse(recordedSince);
        }
    }

    /** @param entry empty when the definition is unreadable; ingest reports it */
    record Stored(String monitor, Optional<Entry> entry) {}

    private static final String FILTERED = """
            with filtered as (
                select m.*, case when greatest(last_slot, defined_at) + silence < :now
                                      and not exists (select from history.runs r
                                                      where r.monitor = m.id and r.slot > m.newest_slot
                                                        and r.slot + m.silence >= :now)
                                 then 5 else status end as present
                from history.monitors m
                where definition is not null
                  and not exists (select from unnest(:labels::text[]) wanted
                                  where wanted not in (select key || ':' || value from jsonb_each_text(labels)))
                  and (:search::text is null or monitor ilike :search
                       or exists (select from jsonb_each_text(labels) where key ilike :search or value ilike :search)))
            """;

    private static final String COUNTS =
            FILTERED + "select present, count(*) as monitors from filtered group by present";

    private static final String PAGE = FILTERED + "select " + COLUMNS + " from filtered m" + LAST_RUN + """
            where monitor > :after and (cardinality(:statuses::int[]) = 0 or present = any (:statuses::int[]))
            order by monitor limit :limit
            """;

    private JdbcClient.StatementSpec filtered(String sql, MonitorOverview.Filter filter, Instant now) {
        return jdbc.sql(sql)
                .param("now", Micros.utc(now))
                .param("labels", filter.labels().toArray(String[]::new))
                .param("search", like(filter.search()), Types.VARCHAR);
    }

    private static @Nullable String like(@Nullable String search) {
        return search == null ? null : "%" + search.replaceAll("([\\\\%_])", "\\\\$1") + "%";
    }

    /** How many monitors have which status, whatever statuses are wanted; those without one are not counted. */
    Map<StoredStatus, Long> counts(MonitorOverview.Filter filter, Instant now) {
        var counts = new TreeMap<StoredStatus, Long>();
        filtered(COUNTS, filter, now).query(row -> {
            int present = row.getInt("present");
            if (!row.wasNull()) {
                counts.put(StoredStatus.of(present), row.getLong("monitors"));
            }
        });
        return counts;
    }

    long total(MonitorOverview.Filter filter, Map<StoredStatus, Long> counts, Instant now) {
        if (filter.statuses().isEmpty()) {
            return filtered(FILTERED + "select count(*) from filtered", filter, now)
                    .query(Long.class)
                    .single();
        }
        return filter.statuses().stream()
                .distinct()
                .mapToLong(status -> counts.getOrDefault(status, 0L))
                .sum();
    }

    /** In the order of ids. */
    List<Stored> page(MonitorOverview.Filter filter, String after, int limit, Instant now) {
        return filtered(PAGE, filter, now)
                .param("after", after)
                .param(
                        "statuses",
                        filter.statuses().stream()
                                .map(status -> (int) status.code())
                                .toArray(Integer[]::new))
                .param("limit", limit)
                .query((row, _) -> new Stored(row.getString("monitor"), entry(row)))
                .list();
    }

    List<Entry> all() {
        return jdbc
                .sql("select " + COLUMNS + " from history.monitors m" + LAST_RUN
                        + "where definition is not null order by monitor")
                .query((row, _) -> entry(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    Optional<Entry> one(String monitor) {
        return jdbc.sql("select " + COLUMNS + " from history.monitors m" + LAST_RUN
                        + "where definition is not null and monitor = :monitor")
                .param("monitor", monitor)
                .query((row, _) -> entry(row))
                .optional()
                .flatMap(entry -> entry);
    }

    /** Empty when the definition is unreadable: the other monitors are shown without it. */
    private static Optional<Entry> entry(ResultSet row) throws SQLException {
        try {
            return Optional.of(readable(row));
        } catch (UnreadableValue e) {
            return Optional.empty();
        }
    }

    private static Entry readable(ResultSet row) throws SQLException {
        var json = Objects.requireNonNull(row.getString("definition"));
        var status = row.getObject("status");
        return new Entry(
                row.getInt("id"),
                row.getString("monitor"),
                labels(row.getString("labels")),
                json,
                Json.read(json.getBytes(UTF_8), MonitorDefinition.class),
                Columns.optionalInstant(row, "defined_at"),
                Columns.optionalInstant(row, "last_slot"),
                (Double) row.getObject("last_value"),
                status == null ? null : StoredStatus.of(((Number) status).intValue()),
                Columns.optionalInstant(row, "since"),
                row.getString("error"));
    }

    @SuppressWarnings("unchecked")
    static Map<String, String> labels(String json) {
        return new TreeMap<>((Map<String, String>) Json.read(json.getBytes(UTF_8), Map.class));
    }

    /** How many series each monitor has. */
    Map<Integer, Integer> series(Collection<Integer> monitors) {
        var counts = new HashMap<Integer, Integer>();
        jdbc.sql("""
                        select monitor, count(*) as series from history.status_spans
                        where monitor = any (:monitors) and series > 0 and until is null group by monitor
                        """).param("monitors", monitors.toArray(Integer[]::new)).query(row -> {
            counts.put(row.getInt("monitor"), row.getInt("series"));
        });
        return counts;
    }

    /** How many open incidents each monitor has. */
    Map<String, Integer> openIncidents(Collection<String> monitors) {
        var counts = new HashMap<String, Integer>();
        jdbc.sql("""
                        select monitor, count(*) as incidents from history.alert_incidents
                        where monitor = any (:monitors) and resolved_at is null group by monitor
                        """).param("monitors", monitors.toArray(String[]::new)).query(row -> {
            counts.put(row.getString("monitor"), row.getInt("incidents"));
        });
        return counts;
    }
}
