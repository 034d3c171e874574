package io.growalert.history.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Ids;
import io.growalert.events.InstantText;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.UnreadableValue;
import io.growalert.history.store.HistoryRetention;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The monitors whose partitions this instance reads, loaded when their first record arrives. Used by one thread at a time. */
final class TrackedMonitors {
    private static final Logger LOG = LoggerFactory.getLogger(TrackedMonitors.class);

    private final JdbcClient jdbc;
    private final SkippedRecords skipped;
    private final Map<String, MonitorTrack> tracks = new HashMap<>();

    TrackedMonitors(JdbcClient jdbc, SkippedRecords skipped) {
        this.jdbc = jdbc;
        this.skipped = skipped;
    }

    /** After a rollback, or when partitions moved: the tables decide. */
    void clear() {
        tracks.clear();
    }

    void forget(String monitor) {
        tracks.remove(monitor);
    }

    /** The track of a monitor that was loaded. */
    MonitorTrack get(String monitor) {
        return Objects.requireNonNull(tracks.get(monitor), monitor);
    }

    /** Null when it is not loaded. */
    @Nullable
    MonitorTrack known(String monitor) {
        return tracks.get(monitor);
    }

    private static final String INSERT = """
            insert into history.monitors (monitor)
            select monitor from unnest(:monitors::text[]) as m (monitor)
            where not exists (select from history.monitors k where k.monitor = m.monitor)
            order by monitor on conflict do nothing
            """;

    /**
     * Slots and the last value are those of the newest run after {@code newest_slot}, if there is one, else those of the row, as
     * readers have them ({@code MonitorReader}, ADR 47). The error is the row's, which is written when it changes.
     */
    private static final String MONITORS = """
            select m.id, m.monitor, m.definition::text as definition, m.definition is null and m.removed_at is not null as removed, greatest(m.last_slot, r.slot) as last_slot,
                   greatest(m.newest_slot, r.slot) as newest_slot, p.status, p.since, m.error,
                   case when r.slot is null then m.last_value when cardinality(r.readings) = 1 then r.readings[1] end as last_value
            from history.monitors m
            left join lateral (select slot, readings from history.runs
                               where monitor = m.id and slot > m.newest_slot order by slot desc limit 1) r on true
            left join history.status_spans p on p.monitor = m.id and p.series = 0 and p.until is null
            where m.monitor = any (:monitors)
            """;

    private static final String SERIES = """
            select m.monitor, s.id, s.labels::text as labels, p.status, p.since
            from history.monitors m
            join history.status_spans p on p.monitor = m.id and p.series > 0 and p.until is null
            join history.series s on s.id = p.series
            where m.monitor = any (:monitors)
            """;

    /** Loads those that are not loaded, and creates their rows. */
    void load(Collection<String> monitors) {
        var missing = monitors.stream()
                .filter(monitor -> !tracks.containsKey(monitor))
                .distinct()
                .toArray(String[]::new);
        if (missing.length == 0) {
            return;
        }
        jdbc.sql(INSERT).param("monitors", missing).update();
        jdbc.sql(MONITORS).param("monitors", missing).query(row -> {
            var name = row.getString("monitor");
            int id = row.getInt("id");
            var json = row.getString("definition");
            var track = new MonitorTrack(id, name, json == null ? null : rules(name, json));
            if (row.getBoolean("removed")) {
                track.remove();
            }
            var span = row.getObject("status") == null ? null : span(row, id, OpenSpan.MONITOR);
            track.restore(
                    span,
                    Columns.optionalInstant(row, "last_slot"),
                    Columns.optionalInstant(row, "newest_slot"),
                    (Double) row.getObject("last_value"),
                    row.getString("error"));
            tracks.put(name, track);
        });
        jdbc.sql(SERIES).param("monitors", missing).query(row -> {
            var track = get(row.getString("monitor"));
            int series = row.getInt("id");
            track.restore(labels(row.getString("labels")), series, span(row, track.id, series));
        });
    }

    /** Null when the definition is unreadable: results are stored as those of an undefined monitor, until it is replaced. */
    private @Nullable MonitorRules rules(String monitor, String definition) {
        try {
            return MonitorRules.of(Json.read(definition.getBytes(UTF_8), MonitorDefinition.class));
        } catch (UnreadableValue e) {
            skipped.add("stored definition of " + monitor, e);
            LOG.atError()
                    .addKeyValue("monitorId", monitor)
                    .addKeyValue("reason", SkippedRecords.reason(e))
                    .log("Stored definition is unreadable; monitor not shown until its next definition");
            return null;
        }
    }

    private static OpenSpan span(ResultSet row, int monitor, int series) throws SQLException {
        long since = Micros.of(Columns.instant(row, "since"));
        return new OpenSpan(monitor, series, StoredStatus.of(row.getShort("status")), since, true);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> labels(String json) {
        return Map.copyOf((Map<String, String>) Json.read(json.getBytes(UTF_8), Map.class));
    }

    private record Fresh(MonitorTrack track, Map<String, String> labels) {}

    private static final String ADD = """
            insert into history.series (monitor, labels, hash)
            select monitor, labels::jsonb, hash
            from unnest(:monitors::bigint[], :labels::text[], :hashes::text[]) as s (monitor, labels, hash)
            order by hash on conflict do nothing
            """;

    /** Gives ids to series that have none, by monitor. */
    void addSeries(Map<String, Set<Map<String, String>>> series) {
        var fresh = new LinkedHashMap<String, Fresh>();
        series.forEach((monitor, all) -> {
            var track = get(monitor);
            all.forEach(labels -> fresh.put(Ids.alert(monitor, labels), new Fresh(track, labels)));
        });
        if (fresh.isEmpty()) {
            return;
        }
        var entries = new ArrayList<>(fresh.entrySet());
        jdbc.sql("select pg_advisory_xact_lock_shared(%s)".formatted(HistoryRetention.SERIES_LOCK))
                .query(row -> {});
        jdbc.sql(ADD)
                .param(
                        "monitors",
                        Columns.numbers(entries, entry -> entry.getValue().track().id))
                .param(
                        "labels",
                        Columns.texts(entries, entry -> json(entry.getValue().labels())))
                .param("hashes", Columns.texts(entries, Map.Entry::getKey))
                .update();
        jdbc.sql("select id, hash from history.series where hash = any (:hashes)")
                .param("hashes", fresh.keySet().toArray(String[]::new))
                .query(row -> {
                    var added = Objects.requireNonNull(fresh.get(row.getString("hash")));
                    added.track().add(added.labels(), row.getInt("id"));
                });
    }

    static String json(Object value) {
        return new String(Json.write(value), UTF_8);
    }

    private static final String UPDATE = """
            update history.monitors m
            set last_slot = c.slot::timestamptz, newest_slot = c.newest::timestamptz, last_value = c.value::float8, status = c.status, since = c.since::timestamptz,
                error = c.error
            from unnest(:ids::bigint[], :slots::text[], :newest::text[], :values::text[], :statuses::bigint[], :since::text[], :errors::text[])
                 as c (id, slot, newest, value, status, since, error)
            where m.id = c.id
            """;

    /**
     * Writes the rows of those monitors that need it. The last slot of the others follows from {@code history.runs}, which
     * {@code Compaction} therefore does not move (ADR 47).
     */
    void write(Set<String> monitors) {
        var changed = monitors.stream()
                .map(this::get)
                .filter(MonitorTrack::needsWrite)
                .collect(Collectors.toCollection(ArrayList::new));
        if (changed.isEmpty()) {
            return;
        }
        jdbc.sql(UPDATE)
                .param("ids", Columns.numbers(changed, track -> track.id))
                .param("slots", Columns.texts(changed, track -> InstantText.of(track.lastSlot())))
                .param("newest", Columns.texts(changed, track -> InstantText.of(track.newestSlot())))
                .param("values", Columns.texts(changed, track -> text(track.lastValue())))
                .param(
                        "statuses",
                        Columns.numbers(changed, track -> own(track).status().code()))
                .param("since", Columns.texts(changed, track -> InstantText.of(Micros.instant(own(track).since))))
                .param("errors", Columns.texts(changed, MonitorTrack::error))
                .update();
        changed.forEach(MonitorTrack::markWritten);
    }

    private static OpenSpan own(MonitorTrack track) {
        return Objects.requireNonNull(track.own());
    }

    private static @Nullable String text(@Nullable Double value) {
        return value == null ? null : value.toString();
    }

    private static final String STORED = """
            select u.series from history.runs r cross join lateral unnest(r.series) as u (series)
            where r.monitor = :monitor and r.slot = :slot
            union
            select c.series from history.chunks c
            where c.series = any (:series) and c.start >= :day and c.start <= :slot and c.until >= :slot
              and (extract(epoch from :slot - c.start) * 1000000)::bigint
                  = any (coalesce(c.slots, (select array_agg(c.step * n)
                                            from generate_series(0, cardinality(coalesce(c.reals::float8[], c.doubles)) - 1) n)))
            """;

    /** Which of these series have a value at this slot already. */
    Set<Integer> stored(MonitorTrack track, Instant slot, List<Integer> series) {
        long day = Math.floorDiv(Micros.of(slot), Micros.DAY) * Micros.DAY;
        return Set.copyOf(jdbc.sql(STORED)
                .param("monitor", track.id)
                .param("slot", Micros.utc(Micros.instant(Micros.of(slot))))
                .param("day", Micros.utc(Micros.instant(day)))
                .param("series", series.toArray(Integer[]::new))
                .query(Integer.class)
                .set());
    }
}
