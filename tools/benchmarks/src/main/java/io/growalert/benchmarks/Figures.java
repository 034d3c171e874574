package io.growalert.benchmarks;

import java.util.Collection;

/** Figures and how they are told. */
final class Figures {
    private Figures() {}

    /** The value at this quantile, from 0 to 1, by the nearest rank; NaN when there are none. */
    static double quantile(Collection<Double> values, double quantile) {
        var sorted = values.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(quantile * sorted.size()) - 1;
        return sorted.get(Math.clamp(rank, 0, sorted.size() - 1));
    }

    static void tell(String line) {
        System.out.println(line);
    }

    /** Median, 99th percentile and maximum of these seconds, told in milliseconds. */
    static void tellSpread(String what, Collection<Double> seconds) {
        tell("%-46s n=%d median %.0f ms, p99 %.0f ms, max %.0f ms"
                .formatted(
                        what,
                        seconds.size(),
                        quantile(seconds, 0.5) * 1000,
                        quantile(seconds, 0.99) * 1000,
                        quantile(seconds, 1) * 1000));
    }
}
