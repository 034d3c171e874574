package io.growalert.monitor.operations;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.events.DroppedRows;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.monitor.run.SingleRun;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator's run gave.
 *
 * @param tookMs until the last row was read
 * @param status the worst of the rows, {@code noData}'s without any, {@code onError}'s with an error
 * @param error why there is no result; null with one
 * @param rowCount how many rows the answer had
 * @param rows the first {@value #MAX_ROWS} of them in the order of the answer; of more, the worst ones
 * @param withoutValue how many rows had no value
 * @param dropped the rows whose labels exceed a limit; null without any
 */
record RequestedRun(
        String monitor,
        Instant slot,
        long tookMs,
        @Nullable String unit,
        Status status,
        @Nullable CheckError error,
        long rowCount,
        List<JudgedRow> rows,
        long withoutValue,
        @Nullable DroppedRows dropped) {
    static final int MAX_ROWS = 1_000;
    private static final int MAX_TEXT = 200;

    /**
     * A row of the answer.
     *
     * @param value a finite number, or the beginning of the text that the answer has instead; null without a value
     * @param status null when it was not judged: without a value, dropped, or the run ended in an error
     */
    record JudgedRow(
            Map<String, String> labels,
            @Nullable Object value,
            @Nullable Status status,
            @Nullable String reason) {}

    static RequestedRun of(MonitorDefinition definition, SingleRun run) {
        var judgement = run.judgement();
        var judged = new HashMap<Map<String, String>, SeriesResult>();
        judgement.series().forEach(series -> judged.put(series.labels(), series));
        var rows = run.rows().stream()
                .map(row -> judged(row, judged.get(row.labels())))
                .toList();
        return new RequestedRun(
                definition.id(),
                run.slot(),
                run.took().toMillis(),
                definition.unit(),
                judgement.status(),
                judgement.error(),
                rows.size(),
                rows.size() <= MAX_ROWS ? rows : worst(rows),
                judgement.withoutValue(),
                judgement.dropped());
    }

    private static JudgedRow judged(Row row, @Nullable SeriesResult judged) {
        return new JudgedRow(
                row.labels(),
                shown(row.value()),
                judged == null ? null : judged.status(),
                judged == null ? null : judged.reason());
    }

    /** JSON has no NaN and no infinity. */
    private static @Nullable Object shown(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Number number -> Double.isFinite(number.doubleValue()) ? number.doubleValue() : null;
            case Object other -> {
                var text = other.toString();
                yield text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
            }
        };
    }

    private static List<JudgedRow> worst(List<JudgedRow> rows) {
        var byStatus =
                Comparator.comparing(JudgedRow::status, Comparator.nullsFirst(Comparator.<Status>naturalOrder()));
        return rows.stream().sorted(byStatus.reversed()).limit(MAX_ROWS).toList();
    }
}
