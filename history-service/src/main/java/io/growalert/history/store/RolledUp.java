package io.growalert.history.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which periods of which series were read from rollups, so that the rest is read from the values. */
public final class RolledUp {
    public static final RolledUp NOTHING = new RolledUp(1);

    private final long period;
    private final Map<Integer, Set<Long>> periods = new HashMap<>();

    RolledUp(long period) {
        this.period = period;
    }

    void add(int series, long start) {
        periods.computeIfAbsent(series, _ -> new HashSet<>()).add(start);
    }

    public boolean contains(int series, long slot) {
        return periods.getOrDefault(series, Set.of()).contains(Math.floorDiv(slot, period) * period);
    }

    /** The end of the last period of a series, or else the other instant. */
    public long end(int series, long otherwise) {
        return periods.getOrDefault(series, Set.of()).stream()
                .mapToLong(start -> start + period)
                .max()
                .orElse(otherwise);
    }
}
