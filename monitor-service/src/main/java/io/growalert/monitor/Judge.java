package io.growalert.monitor;

import io.growalert.events.CheckError;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import io.growalert.monitor.source.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an answer means for one monitor: first {@code fail}, then {@code degraded}, for each row by itself. A row
 * whose value is no finite number, or whose labels another row has too, makes the whole run an error: half of an
 * answer is not judged.
 */
final class Judge {
    private record Bound(Threshold threshold, Status status, String reason) {}

    private final MonitorDefinition definition;
    private final List<Bound> bounds = new ArrayList<>(2);

    Judge(MonitorDefinition definition) {
        this.definition = definition;
        add(definition.fail(), Status.FAILED);
        add(definition.degraded(), Status.DEGRADED);
    }

    private void add(@Nullable Threshold threshold, Status status) {
        if (threshold != null) {
            bounds.add(new Bound(threshold, status, threshold.inWords()));
        }
    }

    Outcome judge(List<Row> rows) {
        if (rows.isEmpty()) {
            return new Outcome(definition.noData().status(), List.of(), null);
        }
        var series = new ArrayList<SeriesResult>(rows.size());
        var seen = HashSet.<Map<String, String>>newHashSet(rows.size());
        var worst = Status.PASSED;
        for (var row : rows) {
            if (!(row.value() instanceof Number number) || !Double.isFinite(number.doubleValue())) {
                return unusable(row, describe(row.value()) + ", a finite number was expected");
            }
            if (!seen.add(row.labels())) {
                return unusable(
                        row, "the answer has it more than once; its labels must tell every row from the others");
            }
            var judged = judge(row.labels(), number.doubleValue());
            worst = worse(worst, judged.status());
            series.add(judged);
        }
        return new Outcome(worst, series, null);
    }

    private SeriesResult judge(Map<String, String> labels, double value) {
        for (var bound : bounds) {
            if (bound.threshold.breachedBy(value)) {
                return new SeriesResult(labels, value, bound.status, bound.reason);
            }
        }
        return new SeriesResult(labels, value, Status.PASSED, null);
    }

    /** The run could not ask its source, or could not use the answer. */
    Outcome error(CheckError.Kind kind, String message) {
        return new Outcome(definition.onError().status(), List.of(), new CheckError(kind, message));
    }

    private Outcome unusable(Row row, String what) {
        return error(CheckError.Kind.VALUE, "series %s: %s".formatted(new TreeMap<>(row.labels()), what));
    }

    private static String describe(@Nullable Object value) {
        return switch (value) {
            case null -> "the value is null";
            case Number number -> "the value is " + number;
            case CharSequence text -> "the value is the text '%s'".formatted(shortened(text));
            default -> "the value is a " + value.getClass().getSimpleName();
        };
    }

    private static CharSequence shortened(CharSequence text) {
        return text.length() <= 40 ? text : text.subSequence(0, 40) + "...";
    }

    private static Status worse(Status a, Status b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
