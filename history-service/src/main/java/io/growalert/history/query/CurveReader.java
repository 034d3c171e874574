package io.growalert.history.query;

import io.growalert.history.store.Buckets;
import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Micros;
import io.growalert.history.store.RolledUp;
import io.growalert.history.store.RollupReader;
import io.growalert.history.store.SeriesValues;
import io.growalert.history.store.StoredStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads the curves of a plot: each value, or points with the minimum and the maximum of what they stand for. */
final class CurveReader {
    private final ChunkTable values;
    private final RollupReader rollups;

    CurveReader(ChunkTable values, RollupReader rollups) {
        this.values = values;
        this.rollups = rollups;
    }

    /**
     * @param id of the series' alert
     * @param t seconds since the epoch: the begin of a point, or the slot of a value
     */
    public record Curve(
            String id,
            Map<String, String> labels,
            List<Number> t,
            List<Double> min,
            List<Double> max,
            List<Double> mean,
            List<StoredStatus> status) {
        Curve(SeriesReader.Series series) {
            this(
                    series.alert(),
                    series.labels(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>());
        }

        private void add(long micros, double low, double high, double average, StoredStatus worst) {
            if (micros % Micros.SECOND == 0) {
                t.add(micros / Micros.SECOND);
            } else {
                t.add(micros / (double) Micros.SECOND);
            }
            min.add(low);
            max.add(high);
            mean.add(average);
            status.add(worst);
        }
    }

    /** Points of equal width, which begin at multiples of it; in microseconds since the epoch. */
    private record Grid(long start, long end, long width) {
        static Grid of(Instant from, Instant to, Duration width) {
            long micros = width.toMillis() * 1_000;
            return new Grid(Math.floorDiv(Micros.of(from), micros) * micros, Micros.of(to), micros);
        }

        int size() {
            return (int) ((end - start) / width) + 1;
        }

        int index(long slot) {
            return (int) ((slot - start) / width);
        }
    }

    /** From {@code from} to {@code to}, both included. */
    List<Curve> read(int monitor, List<SeriesReader.Series> series, Instant from, Instant to, Resolution resolution) {
        var width = resolution.width();
        if (width == null) {
            var ids = series.stream().map(SeriesReader.Series::id).toList();
            var all = values.read(monitor, ids, from, behind(Micros.of(to)));
            return series.stream()
                    .map(each -> raw(each, all.getOrDefault(each.id(), new SeriesValues())))
                    .toList();
        }
        return points(monitor, series, Grid.of(from, to, width), resolution.isRolledUp());
    }

    private static Instant behind(long micros) {
        return Micros.instant(micros + 1);
    }

    private static Curve raw(SeriesReader.Series series, SeriesValues all) {
        var curve = new Curve(series);
        for (int i = 0; i < all.size(); i++) {
            double value = all.value(i);
            curve.add(all.slot(i), value, value, value, all.status(i));
        }
        return curve;
    }

    private List<Curve> points(int monitor, List<SeriesReader.Series> series, Grid grid, boolean isRolledUp) {
        var all = new HashMap<Integer, Buckets>();
        series.forEach(each -> all.put(each.id(), new Buckets(grid.size())));
        long rawFrom = grid.start();
        var rolled = RolledUp.NOTHING;
        if (isRolledUp) {
            rolled = rollups.read(
                    all.keySet(),
                    Micros.instant(grid.start()),
                    behind(grid.end()),
                    (id, start, low, high, sum, count, status) ->
                            Objects.requireNonNull(all.get(id)).add(grid.index(start), low, high, sum, count, status));
            rawFrom = Long.MAX_VALUE;
            for (var id : all.keySet()) {
                rawFrom = Math.min(rawFrom, Math.max(grid.start(), rolled.end(id, grid.start())));
            }
        }
        if (rawFrom <= grid.end()) {
            var known = rolled;
            values.read(
                    monitor, all.keySet(), Micros.instant(rawFrom), behind(grid.end()), (id, slot, value, status) -> {
                        if (!known.contains(id, slot)) {
                            Objects.requireNonNull(all.get(id)).add(grid.index(slot), value, status);
                        }
                    });
        }
        return series.stream()
                .map(each -> curve(each, grid, Objects.requireNonNull(all.get(each.id()))))
                .toList();
    }

    private static Curve curve(SeriesReader.Series series, Grid grid, Buckets buckets) {
        var curve = new Curve(series);
        for (int i = 0; i < buckets.size(); i++) {
            if (buckets.count(i) > 0) {
                long start = grid.start() + i * grid.width();
                curve.add(start, buckets.low(i), buckets.high(i), buckets.mean(i), buckets.status(i));
            }
        }
        return curve;
    }
}
