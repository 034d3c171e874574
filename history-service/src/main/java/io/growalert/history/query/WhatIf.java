package io.growalert.history.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.Ids;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Threshold;
import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which incidents the stored values would have made by other thresholds or another policy. Nothing is sent or stored. */
public final class WhatIf {
    private static final int MOST_SERIES = 200;
    private static final long MOST_VALUES = 5_000_000;
    private static final Duration PORTION = Duration.ofHours(6);

    private final JdbcClient jdbc;
    private final MonitorReader monitors;
    private final SeriesReader series;
    private final SpanReader spans;
    private final ChunkTable values;
    private final TopicProgress progress;
    private final Duration raw;

    /** @param raw the retention of values */
    public WhatIf(JdbcClient jdbc, ChunkTable values, TopicProgress progress, Duration raw) {
        this.raw = raw;
        this.jdbc = jdbc;
        this.monitors = new MonitorReader(jdbc);
        this.series = new SeriesReader(jdbc);
        this.spans = new SpanReader(jdbc);
        this.values = values;
        this.progress = progress;
    }

    /** What is changed of the definition; null: nothing. */
    public record Changes(
            @Nullable Threshold fail,
            @Nullable Threshold degraded,
            @Nullable Integer after,
            @Nullable Duration failingFor,
            @Nullable Integer resolveAfter) {
        MonitorDefinition of(MonitorDefinition like) {
            var policy = like.alert();
            // one of the two decides
            var needed = after != null ? null : failingFor == null ? policy.failingFor() : failingFor;
            var changed = new AlertPolicy(
                    after == null ? policy.after() : after,
                    needed,
                    resolveAfter == null ? policy.resolveAfter() : resolveAfter,
                    null,
                    policy.forgetAfter(),
                    policy.receivers());
            return new MonitorDefinition(
                    like.id(),
                    like.origin(),
                    like.every(),
                    like.timeout(),
                    like.source(),
                    like.language(),
                    like.query(),
                    like.window(),
                    fail == null ? like.fail() : fail,
                    degraded == null ? like.degraded() : degraded,
                    like.noData(),
                    like.onError(),
                    changed,
                    like.labels(),
                    null,
                    like.maxSeries(),
                    like.silentAfter(),
                    fail == null ? like.resolve() : null,
                    like.resolveOnAbsence(),
                    like.unit());
        }
    }

    /** @param to null: it is open at the end */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Incident(
            String series, Instant from, @Nullable Instant to, String reason) {}

    /** @param complete whether values of the whole period and of all series were there, and were read */
    public record View(
            Instant asOf, Instant from, Instant to, boolean complete, List<Incident> actual, List<Incident> whatIf) {}

    /** Empty when no such monitor is defined. */
    public Optional<View> read(String monitor, Changes changes, @Nullable Instant from, @Nullable Instant to) {
        return monitors.one(monitor).map(entry -> {
            var asOf = progress.asOf();
            var end = Instants.end(from, to, asOf);
            var begin = from == null ? end.minus(Duration.ofDays(7)) : from;
            return view(entry, changes, begin, end, asOf);
        });
    }

    private View view(MonitorReader.Entry entry, Changes changes, Instant from, Instant to, Instant asOf) {
        var known = series.all(entry.id(), MOST_SERIES + 1);
        var byId = new HashMap<Integer, SeriesReader.Series>();
        known.stream().limit(MOST_SERIES).forEach(each -> byId.put(each.id(), each));
        var stored = StoredPeriod.of(from, to, raw, Instant.now());
        var replay = new StoredReplay(changes.of(entry.definition()), stored.from());
        var read = replay(entry, byId, replay, stored.from(), stored.to());
        boolean complete = known.size() <= MOST_SERIES
                && read.count <= MOST_VALUES
                && read.first != null
                && !read.first.isAfter(from.plus(entry.definition().every().multipliedBy(2)));
        return new View(asOf, from, to, complete, actual(entry, from, to), incidents(replay.events()));
    }

    private static final class Read {
        private long count;
        private @Nullable Instant first;
    }

    private Read replay(
            MonitorReader.Entry entry,
            Map<Integer, SeriesReader.Series> byId,
            StoredReplay replay,
            Instant from,
            Instant to) {
        var read = new Read();
        for (var begin = from; begin.isBefore(to) && read.count <= MOST_VALUES; begin = begin.plus(PORTION)) {
            var end = Instants.earliest(begin.plus(PORTION), to);
            var runs = new TreeMap<Long, List<Row>>();
            withoutRows(entry, begin, end).forEach(slot -> runs.put(slot, new ArrayList<>()));
            values.read(entry.id(), byId.keySet(), begin, end, (id, slot, value, _) -> {
                var labels = byId.get(id);
                if (labels != null) {
                    runs.computeIfAbsent(slot, _ -> new ArrayList<>()).add(new Row(labels.labels(), value));
                    read.count++;
                }
            });
            if (read.first == null && !runs.isEmpty()) {
                read.first = Micros.instant(runs.firstKey());
            }
            runs.forEach((slot, rows) -> replay.run(Micros.instant(slot), rows));
        }
        return read;
    }

    /** The slots of runs without a row: they have no values, but the monitor's span says so. */
    private List<Long> withoutRows(MonitorReader.Entry entry, Instant from, Instant to) {
        var slots = new ArrayList<Long>();
        long every = entry.definition().every().toMillis() * 1_000;
        for (var span : spans.read(List.of(entry.id()), List.of(0), from, to, Integer.MAX_VALUE)) {
            if (span.status() == StoredStatus.NO_DATA) {
                long since = Micros.of(span.since());
                long begin = Math.max(since, Micros.of(from));
                long end = Micros.of(Instants.earliest(
                        entry.lastSlot() == null ? to : entry.lastSlot(), Instants.earliest(span.end(to), to)));
                for (long slot = since + Math.ceilDiv(begin - since, every) * every; slot < end; slot += every) {
                    slots.add(slot);
                }
            }
        }
        return slots;
    }

    private static final String ACTUAL = """
            select alert, fired_at, resolved_at, reason from history.alert_incidents
            where monitor = :monitor and alert <> :own and fired_at < :to and (resolved_at is null or resolved_at > :from)
            order by fired_at limit 10000
            """;

    private List<Incident> actual(MonitorReader.Entry entry, Instant from, Instant to) {
        return jdbc.sql(ACTUAL)
                .param("monitor", entry.monitor())
                .param("own", Ids.alert(entry.monitor()))
                .param("from", Micros.utc(from))
                .param("to", Micros.utc(to))
                .query((row, _) -> new Incident(
                        row.getString("alert"),
                        Columns.instant(row, "fired_at"),
                        Columns.optionalInstant(row, "resolved_at"),
                        row.getString("reason")))
                .list();
    }

    private static List<Incident> incidents(List<AlertEvent> events) {
        var incidents = new LinkedHashMap<String, Incident>();
        for (var event : events) {
            boolean isOver = event.type() == AlertEvent.Type.RESOLVED;
            incidents.merge(
                    event.incident(),
                    new Incident(event.alert(), event.firingSince(), isOver ? event.slot() : null, event.reason()),
                    (fired, later) -> new Incident(fired.series(), fired.from(), later.to(), fired.reason()));
        }
        return List.copyOf(incidents.values());
    }
}
