package io.growalert.evaluation.threshold;

import io.growalert.events.CheckError;
import io.growalert.events.DroppedRows;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges an answer for one monitor: first {@code fail}, then {@code degraded}, for each row separately. A row without a value (null,
 * NaN, infinite) is a series without data in this run, and a row whose labels exceed the {@link Limits} is dropped; the others are
 * judged. A value that is no number, or two rows with the same labels, are errors of the query: the whole run ends in an error.
 */
public final class Judge {
    /** The maximum length of an error message, in characters. */
    private static final int MAX_MESSAGE = 1_000;

    private record Bound(Threshold threshold, Status status, String reason) {}

    private final MonitorDefinition definition;
    private final List<Bound> bounds = new ArrayList<>(2);

    public Judge(MonitorDefinition definition) {
        this.definition = definition;
        add(definition.fail(), Status.FAILED);
        add(definition.degraded(), Status.DEGRADED);
    }

    private void add(@Nullable Threshold threshold, Status status) {
        if (threshold != null) {
            bounds.add(new Bound(threshold, status, threshold.inWords(definition.unit())));
        }
    }

    public Judgement judge(List<Row> rows) {
        var series = new ArrayList<SeriesResult>(rows.size());
        var seen = HashSet.<Map<String, String>>newHashSet(rows.size());
        var worst = Status.PASSED;
        long dropped = 0;
        String limit = null;
        long withoutValue = 0;
        for (var row : rows) {
            var exceeded = Limits.exceededBy(row.labels());
            if (exceeded.isPresent()) {
                dropped++;
                limit = limit == null ? exceeded.get() : limit;
                continue;
            }
            if (!seen.add(row.labels())) {
                return unusable(row, "the answer has it more than once; its labels must identify every row");
            }
            switch (row.value()) {
                case null -> withoutValue++;
                case Number number when !Double.isFinite(number.doubleValue()) -> withoutValue++;
                case Number number -> {
                    var judged = judge(row.labels(), number.doubleValue());
                    worst = worse(worst, judged.status());
                    series.add(judged);
                }
                case Object other -> {
                    return unusable(row, describe(other) + ", a number was expected");
                }
            }
        }
        return new Judgement(
                series.isEmpty() ? definition.noData().status() : worst,
                series,
                null,
                limit == null ? null : new DroppedRows(dropped, limit),
                withoutValue);
    }

    private SeriesResult judge(Map<String, String> labels, double value) {
        for (var bound : bounds) {
            if (bound.threshold.breachedBy(value)) {
                return new SeriesResult(labels, value, bound.status, bound.reason);
            }
        }
        return new SeriesResult(labels, value, Status.PASSED, null);
    }

    /** The judgement of a run that could not query its source, or could not use the answer. */
    public Judgement error(CheckError.Kind kind, String message) {
        return new Judgement(definition.onError().status(), List.of(), new CheckError(kind, shortened(message)));
    }

    private Judgement unusable(Row row, String what) {
        return error(CheckError.Kind.VALUE, "series %s: %s".formatted(new TreeMap<>(row.labels()), what));
    }

    private static String describe(Object value) {
        return value instanceof CharSequence text
                ? "the value is the text '%s'".formatted(text.length() <= 40 ? text : text.subSequence(0, 40) + "...")
                : "the value is a " + value.getClass().getSimpleName();
    }

    /** A source's message may quote data of any length. */
    private static String shortened(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
    }

    private static Status worse(Status a, Status b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
