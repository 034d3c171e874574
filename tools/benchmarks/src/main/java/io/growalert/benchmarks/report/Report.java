package io.growalert.benchmarks.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What a benchmark prints: its figures, and whether each thing that must hold does, with the first examples where it does not. */
public final class Report {
    private static final int EXAMPLES = 3;

    private int failed;

    public static void print(String line) {
        System.out.println(line);
    }

    /** Prints the median, the 99th percentile and the maximum of these seconds, in milliseconds. */
    public static void spread(String what, Collection<Double> seconds) {
        print("%-46s n=%d median %.0f ms, p99 %.0f ms, max %.0f ms"
                .formatted(
                        what,
                        seconds.size(),
                        quantile(seconds, 0.5) * 1000,
                        quantile(seconds, 0.99) * 1000,
                        quantile(seconds, 1) * 1000));
    }

    /** The value at this quantile, from 0 to 1, by the nearest rank; NaN when there are none. */
    public static double quantile(Collection<Double> values, double quantile) {
        var sorted = values.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(quantile * sorted.size()) - 1;
        return sorted.get(Math.clamp(rank, 0, sorted.size() - 1));
    }

    /** @param violations what speaks against it; empty when it holds */
    public void check(String what, List<String> violations) {
        if (violations.isEmpty()) {
            print("OK   " + what);
            return;
        }
        failed++;
        print("NOT  %s: %,d times".formatted(what, violations.size()));
        violations.stream().limit(EXAMPLES).forEach(example -> print("       " + example));
    }

    public void check(String what, boolean holds, String otherwise) {
        check(what, holds ? List.of() : List.of(otherwise));
    }

    /** Waits until it holds, at most this long. */
    public void checkEventually(String what, Duration limit, BooleanSupplier condition) throws InterruptedException {
        var end = Instant.now().plus(limit);
        while (!condition.getAsBoolean() && Instant.now().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
        check(what, condition.getAsBoolean(), "not within %d s".formatted(limit.toSeconds()));
    }

    /** @param bound as it is printed, such as {@code at most 5} */
    public void checkBound(String what, double figure, boolean holds, String bound) {
        check("%s: %.2f (wanted: %s)".formatted(what, figure, bound), holds, "%.2f is not %s".formatted(figure, bound));
    }

    /** Compares two tables entry by entry. */
    public void checkEqual(String what, Map<String, String> expected, Map<String, String> actual) {
        var differences = new ArrayList<String>();
        var ids = new TreeSet<>(expected.keySet());
        ids.addAll(actual.keySet());
        for (var id : ids) {
            if (!Objects.equals(expected.get(id), actual.get(id))) {
                differences.add("%s is %s, expected %s".formatted(id, actual.get(id), expected.get(id)));
            }
        }
        check("%s: %,d are equal".formatted(what, ids.size() - differences.size()), differences);
    }

    /** Prints the last line and returns the exit code. */
    public int conclude() {
        print(failed == 0 ? "all OK" : "%d NOT".formatted(failed));
        return failed == 0 ? 0 : 1;
    }
}
