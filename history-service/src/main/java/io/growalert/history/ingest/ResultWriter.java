package io.growalert.history.ingest;

import io.growalert.events.CheckResult;
import io.growalert.events.SeriesResult;
import io.growalert.events.StorableText;
import io.growalert.history.store.CopyRows;
import io.growalert.history.store.StoredStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores the values of check results as rows, and the changes of status that follow from them. */
final class ResultWriter {
    private final JdbcClient jdbc;
    private final DataSource database;
    private final TrackedMonitors monitors;

    ResultWriter(JdbcClient jdbc, DataSource database, TrackedMonitors monitors) {
        this.jdbc = jdbc;
        this.database = database;
        this.monitors = monitors;
    }

    /** @param appended the broker's time of its record */
    record Arrived(CheckResult run, Instant appended) {}

    private record Place(int monitor, Instant slot) {}

    /** A result and its series, in its order; null while a series has no id. */
    private record TrackedRun(MonitorTrack track, Arrived result, List<@Nullable SeriesTrack> series) {
        private static TrackedRun of(MonitorTrack track, Arrived result) {
            var found = new ArrayList<@Nullable SeriesTrack>();
            result.run().series().forEach(each -> found.add(track.find(labels(each))));
            return new TrackedRun(track, result, found);
        }

        private List<SeriesTrack> seriesWithIds() {
            var values = result.run().series();
            var all = new ArrayList<SeriesTrack>(series.size());
            for (int i = 0; i < series.size(); i++) {
                var found = series.get(i);
                all.add(found == null ? track.get(labels(values.get(i))) : found);
            }
            return all;
        }
    }

    private static Map<String, String> labels(SeriesResult series) {
        return StorableText.of(series.labels());
    }

    /** Within the caller's transaction. A value of a series and slot that is stored already is ignored. */
    void store(List<Arrived> results) {
        if (results.isEmpty()) {
            return;
        }
        var names = new LinkedHashSet<String>();
        results.forEach(result -> names.add(result.run().monitor()));
        monitors.load(names);
        var runs = results.stream()
                .map(result -> TrackedRun.of(monitors.get(result.run().monitor()), result))
                .toList();
        monitors.addSeries(unknown(runs));
        // before any run is observed, which may forget series
        var series = runs.stream().map(TrackedRun::seriesWithIds).toList();
        var spans = new SpanChanges();
        var rows = new CopyRows("history.runs (monitor, slot, series, readings, statuses)");
        var taken = new HashMap<Place, Set<Integer>>();
        for (int i = 0; i < runs.size(); i++) {
            var track = runs.get(i).track();
            var result = runs.get(i).result();
            if (!add(rows, track, result.run(), series.get(i), taken)
                    || result.run().parts() > 1) {
                track.requireWrite();
            }
            track.observe(result.run(), series.get(i), result.appended(), spans);
        }
        rows.copyTo(database);
        spans.write(jdbc);
        monitors.write(names);
    }

    /** The labels without an id, by monitor. */
    private static Map<String, Set<Map<String, String>>> unknown(List<TrackedRun> results) {
        var unknown = new LinkedHashMap<String, Set<Map<String, String>>>();
        for (var each : results) {
            var run = each.result().run();
            for (int i = 0; i < each.series().size(); i++) {
                if (each.series().get(i) == null) {
                    unknown.computeIfAbsent(run.monitor(), _ -> new HashSet<>())
                            .add(labels(run.series().get(i)));
                }
            }
        }
        return unknown;
    }

    /**
     * @param taken the series that have values at a slot, in rows that are not written yet or in the database
     * @return whether a row has all values of the run
     */
    private boolean add(
            CopyRows rows,
            MonitorTrack track,
            CheckResult run,
            List<SeriesTrack> series,
            Map<Place, Set<Integer>> taken) {
        int[] ids = series.stream().mapToInt(each -> each.id).toArray();
        int[] fresh = fresh(track, run, ids, taken);
        if (fresh.length == 0) {
            return false;
        }
        var values = run.series();
        int[] statuses = Arrays.stream(fresh)
                .map(i -> StoredStatus.of(values.get(i).status()).code())
                .toArray();
        rows.number(track.id)
                .time(run.slot())
                .ints(Arrays.stream(fresh).map(i -> ids[i]).toArray())
                .doubles(Arrays.stream(fresh)
                        .mapToDouble(i -> values.get(i).value())
                        .toArray())
                .ints(Arrays.stream(statuses).allMatch(status -> status == 0) ? null : statuses)
                .endRow();
        return fresh.length == ids.length;
    }

    /** The indexes of the values that are not stored yet. */
    private int[] fresh(MonitorTrack track, CheckResult run, int[] ids, Map<Place, Set<Integer>> taken) {
        var place = new Place(track.id, run.slot());
        var before = taken.get(place);
        boolean mayBeStored = ids.length > 0 && track.mayBeStored(run);
        if (ids.length == 1 && before == null && !mayBeStored) {
            taken.put(place, Set.of(ids[0]));
            return new int[] {0};
        }
        // a set of one is immutable
        var seen = before != null && before.size() > 1 ? before : new HashSet<>(before == null ? Set.of() : before);
        taken.put(place, seen);
        if (mayBeStored) {
            seen.addAll(monitors.stored(
                    track, run.slot(), Arrays.stream(ids).boxed().toList()));
        }
        return IntStream.range(0, ids.length).filter(i -> seen.add(ids[i])).toArray();
    }
}
