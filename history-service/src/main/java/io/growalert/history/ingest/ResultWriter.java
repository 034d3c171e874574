package io.growalert.history.ingest;

import io.growalert.events.CheckResult;
import io.growalert.events.StorableText;
import io.growalert.history.store.CopyRows;
import io.growalert.history.store.Micros;
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
import javax.sql.DataSource;
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

    /** Within the caller's transaction. A value of a series and slot that is stored already is ignored. */
    void store(List<Arrived> results) {
        if (results.isEmpty()) {
            return;
        }
        var names = new LinkedHashSet<String>();
        results.forEach(result -> names.add(result.run().monitor()));
        monitors.load(names);
        monitors.addSeries(unknown(results));
        var spans = new SpanChanges();
        var rows = new CopyRows("history.runs (monitor, slot, series, readings, statuses)");
        var pending = new HashMap<Place, Set<Integer>>();
        for (var result : results) {
            var track = monitors.get(result.run().monitor());
            add(rows, track, result.run(), pending);
            track.observe(result.run(), result.appended(), spans);
        }
        rows.copyTo(database);
        spans.write(jdbc);
        monitors.write(names);
    }

    /** The labels without an id, by monitor. */
    private Map<String, Set<Map<String, String>>> unknown(List<Arrived> results) {
        var unknown = new LinkedHashMap<String, Set<Map<String, String>>>();
        for (var result : results) {
            var track = monitors.get(result.run().monitor());
            for (var series : result.run().series()) {
                var labels = StorableText.of(series.labels());
                if (!track.knows(labels)) {
                    unknown.computeIfAbsent(result.run().monitor(), _ -> new HashSet<>())
                            .add(labels);
                }
            }
        }
        return unknown;
    }

    private void add(CopyRows rows, MonitorTrack track, CheckResult run, Map<Place, Set<Integer>> pending) {
        var ids = new int[run.series().size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = track.idOf(StorableText.of(run.series().get(i).labels()));
        }
        var place = new Place(track.id, run.slot());
        var seen = pending.computeIfAbsent(place, _ -> new HashSet<>());
        if (track.mayBeStored(run) && ids.length > 0) {
            seen.addAll(monitors.stored(
                    track, run.slot(), Arrays.stream(ids).boxed().toList()));
        }
        var fresh = new ArrayList<Integer>(ids.length);
        for (int i = 0; i < ids.length; i++) {
            if (seen.add(ids[i])) {
                fresh.add(i);
            }
        }
        if (fresh.isEmpty()) {
            return;
        }
        var values = run.series();
        int[] statuses = fresh.stream()
                .mapToInt(i -> StoredStatus.of(values.get(i).status()).code())
                .toArray();
        rows.number(track.id)
                .time(Micros.instant(Micros.of(run.slot())))
                .ints(fresh.stream().mapToInt(i -> ids[i]).toArray())
                .doubles(fresh.stream().mapToDouble(i -> values.get(i).value()).toArray())
                .ints(Arrays.stream(statuses).allMatch(status -> status == 0) ? null : statuses)
                .endRow();
    }
}
