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
    private record Resolved(MonitorTrack track, Arrived result, List<@Nullable SeriesTrack> series) {
        private static Resolved of(MonitorTrack track, Arrived result) {
            var found = new ArrayList<@Nullable SeriesTrack>();
            result.run().series().forEach(each -> found.add(track.find(labels(each))));
            return new Resolved(track, result, found);
        }

        private List<SeriesTrack> all() {
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
        var resolved = results.stream()
                .map(result -> Resolved.of(monitors.get(result.run().monitor()), result))
                .toList();
        monitors.addSeries(unknown(resolved));
        var spans = new SpanChanges();
        var rows = new CopyRows("history.runs (monitor, slot, series, readings, statuses)");
        var pending = new HashMap<Place, int[]>();
        for (var each : resolved) {
            var run = each.result().run();
            var series = each.all();
            if (!add(rows, each.track(), run, series, pending) || run.parts() > 1) {
                each.track().untold();
            }
            each.track().observe(run, series, each.result().appended(), spans);
        }
        rows.copyTo(database);
        spans.write(jdbc);
        monitors.write(names);
    }

    /** The labels without an id, by monitor. */
    private static Map<String, Set<Map<String, String>>> unknown(List<Resolved> results) {
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
     * @param pending the series of the rows that are not written yet
     * @return whether a row has all values of the run
     */
    private boolean add(
            CopyRows rows, MonitorTrack track, CheckResult run, List<SeriesTrack> series, Map<Place, int[]> pending) {
        int[] ids = series.stream().mapToInt(each -> each.id).toArray();
        int[] fresh = fresh(track, run, ids, pending);
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
    private int[] fresh(MonitorTrack track, CheckResult run, int[] ids, Map<Place, int[]> pending) {
        var place = new Place(track.id, run.slot());
        int[] before = pending.get(place);
        pending.put(place, before == null ? ids : concatenated(before, ids));
        if (ids.length == 1 && before == null && !track.mayBeStored(run)) {
            return new int[] {0};
        }
        var seen = new HashSet<Integer>();
        if (before != null) {
            Arrays.stream(before).forEach(seen::add);
        }
        if (ids.length > 0 && track.mayBeStored(run)) {
            seen.addAll(monitors.stored(
                    track, run.slot(), Arrays.stream(ids).boxed().toList()));
        }
        return IntStream.range(0, ids.length).filter(i -> seen.add(ids[i])).toArray();
    }

    private static int[] concatenated(int[] one, int[] other) {
        return IntStream.concat(Arrays.stream(one), Arrays.stream(other)).toArray();
    }
}
