package io.growalert.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** Tells of each thing that must hold whether it does, with the first examples where it does not. */
final class Verdicts {
    private static final int EXAMPLES = 3;

    private int failed;

    /** @param violations what speaks against it; nothing when it holds */
    void tell(String what, List<String> violations) {
        if (violations.isEmpty()) {
            Figures.tell("OK   " + what);
            return;
        }
        failed++;
        Figures.tell("NOT  %s: %,d times".formatted(what, violations.size()));
        violations.stream().limit(EXAMPLES).forEach(example -> Figures.tell("       " + example));
    }

    void tell(String what, boolean holds, String otherwise) {
        tell(what, holds ? List.of() : List.of(otherwise));
    }

    /** @param bound as it is told, such as {@code at most 5} */
    void tellBound(String what, double figure, boolean holds, String bound) {
        tell("%s: %.2f (wanted: %s)".formatted(what, figure, bound), holds, "%.2f is not %s".formatted(figure, bound));
    }

    /** Holds two tables against each other, entry by entry. */
    void tellEqual(String what, Map<String, String> expected, Map<String, String> actual) {
        var differences = new ArrayList<String>();
        var ids = new TreeSet<>(expected.keySet());
        ids.addAll(actual.keySet());
        for (var id : ids) {
            if (!Objects.equals(expected.get(id), actual.get(id))) {
                differences.add("%s is %s, expected %s".formatted(id, actual.get(id), expected.get(id)));
            }
        }
        tell("%s: %,d are equal".formatted(what, ids.size() - differences.size()), differences);
    }

    /** The last line; gives the exit code. */
    int conclude() {
        Figures.tell(failed == 0 ? "all OK" : "%d NOT".formatted(failed));
        return failed == 0 ? 0 : 1;
    }
}
