package io.growalert.history.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.growalert.evaluation.alert.AlertState;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.MonitorDefinition;
import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One monitor with its series. */
public final class MonitorDetail {
    private static final int MOST_SERIES = 500;
    private static final int MOST_SPANS = 200_000;
    private static final Duration LONGEST_REPLAY = Duration.ofHours(24);

    private final MonitorReader monitors;
    private final SeriesReader series;
    private final SpanReader spans;
    private final ChunkTable values;
    private final MonitorOverview overview;
    private final TopicProgress progress;

    public MonitorDetail(JdbcClient jdbc, ChunkTable values, MonitorOverview overview, TopicProgress progress) {
        this.monitors = new MonitorReader(jdbc);
        this.series = new SeriesReader(jdbc);
        this.spans = new SpanReader(jdbc);
        this.values = values;
        this.overview = overview;
        this.progress = progress;
    }

    /**
     * How near a failing series is to firing.
     *
     * @param failed consecutive failed results, and
     * @param of how many make it fire; both null when the monitor fires after a time
     * @param firesAt the slot at which it fires, if it fails until then
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ToFire(@Nullable Integer failed, @Nullable Integer of, Instant firesAt) {}

    /** @param id of the series' alert */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SeriesRow(
            String id,
            Map<String, String> labels,
            @Nullable StoredStatus status,
            @Nullable Instant since,
            @Nullable Instant lastSlot,
            @Nullable Double lastValue,
            @Nullable ToFire progress,
            List<StatusBar.Cell> bar) {}

    /**
     * @param definition as on the topic
     * @param seriesList at most 500, the worst ones first
     */
    public record View(
            Instant asOf,
            @JsonUnwrapped MonitorOverview.Row monitor,
            @JsonRawValue String definition,
            int seriesTotal,
            List<SeriesRow> seriesList) {}

    /**
     * Empty when no such monitor is defined.
     *
     * @param since series that vanished after it are listed and counted too, without a status; null: no others
     */
    public Optional<View> read(String monitor, BarWindow window, @Nullable Instant since) {
        var asOf = progress.asOf();
        return monitors.one(monitor).map(entry -> {
            var row = overview.rows(List.of(entry), window, asOf).getFirst();
            int total = since == null ? row.series() : series.total(entry.id(), since);
            return new View(asOf, row, entry.json(), total, series(entry, window, since, asOf));
        });
    }

    private List<SeriesRow> series(MonitorReader.Entry entry, BarWindow window, @Nullable Instant since, Instant asOf) {
        var present = series.present(entry.id(), since, MOST_SERIES);
        var ids = present.stream().map(SeriesReader.Series::id).toList();
        var last = SeriesReader.last(entry.id(), ids, values);
        var bars = bars(entry, ids, window, asOf);
        var toFire = toFire(entry, present);
        return present.stream()
                .map(each -> {
                    var value = last.get(each.id());
                    var bar = bars.get(each.id());
                    return new SeriesRow(
                            each.alert(),
                            each.labels(),
                            each.status(),
                            each.since(),
                            value == null ? null : value.slot(),
                            value == null ? null : value.value(),
                            toFire.get(each.id()),
                            bar == null ? List.of() : bar.cells());
                })
                .toList();
    }

    /** Errors and missed slots of the monitor are in the bars of its series too. */
    private Map<Integer, StatusBar> bars(MonitorReader.Entry entry, List<Integer> ids, BarWindow window, Instant asOf) {
        var bars = new HashMap<Integer, StatusBar>();
        ids.forEach(id -> bars.put(id, new StatusBar(window, asOf)));
        var all = new ArrayList<>(ids);
        all.add(0);
        for (var span : spans.read(List.of(entry.id()), all, window.from(asOf), asOf.plusSeconds(1), MOST_SPANS)) {
            var until = entry.knownUntil(span.end(asOf), asOf);
            var bar = bars.get(span.series());
            if (bar != null) {
                bar.add(span.status(), span.since(), until);
            } else if (span.status() == StoredStatus.ERROR || span.status() == StoredStatus.MISSED) {
                bars.values().forEach(each -> each.add(span.status(), span.since(), until));
            }
        }
        entry.unchecked(asOf).ifPresent(since -> bars.values()
                .forEach(bar -> bar.add(StoredStatus.MISSED, since, Instants.latest(asOf, since))));
        return bars;
    }

    private Map<Integer, ToFire> toFire(MonitorReader.Entry entry, List<SeriesReader.Series> present) {
        var failing = present.stream()
                .filter(each -> each.status() == StoredStatus.FAILED)
                .toList();
        var to = entry.lastSlot();
        if (failing.isEmpty() || to == null) {
            return Map.of();
        }
        var from = to.minus(replayed(entry.definition()));
        var byId = new HashMap<Integer, SeriesReader.Series>();
        failing.forEach(each -> byId.put(each.id(), each));
        var runs = new TreeMap<Long, List<Row>>();
        values.read(entry.id(), byId.keySet(), from, to.plusNanos(1_000), (id, slot, value, _) -> {
            var labels = byId.get(id);
            if (labels != null) {
                runs.computeIfAbsent(slot, _ -> new ArrayList<>()).add(new Row(labels.labels(), value));
            }
        });
        var replay = new StoredReplay(entry.definition(), from);
        runs.forEach((slot, rows) -> replay.run(Micros.instant(slot), rows));
        var all = new HashMap<Integer, ToFire>();
        failing.forEach(each -> replay.failing(each.alert())
                .ifPresent(state -> all.put(each.id(), toFire(entry.definition(), state, to))));
        return all;
    }

    /** Long enough to count what the policy counts. */
    private static Duration replayed(MonitorDefinition definition) {
        var policy = definition.alert();
        var counted = policy.failingFor() == null
                ? definition.every().multipliedBy(2L * policy.after() + 2)
                : policy.failingFor().plus(definition.every().multipliedBy(2));
        return counted.compareTo(LONGEST_REPLAY) > 0 ? LONGEST_REPLAY : counted;
    }

    private static ToFire toFire(MonitorDefinition definition, AlertState.Failing state, Instant lastSlot) {
        var policy = definition.alert();
        var needed = policy.failingFor();
        if (needed != null) {
            return new ToFire(null, null, state.since().plus(needed));
        }
        int rest = policy.after() - state.count();
        return new ToFire(
                state.count(), policy.after(), lastSlot.plus(definition.every().multipliedBy(rest)));
    }
}
