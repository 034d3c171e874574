package io.growalert.monitor.operations;

import io.growalert.evaluation.threshold.Judgement;
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
 * @param durationMs until the last row was read
 * @param rowCount how many rows the answer had
 * @param rows the first {@value #MAX_ROWS} of them in the order of the answer; of more, the worst ones
 */
record RequestedRun(
        String monitor,
        Instant slot,
        long durationMs,
        @Nullable String unit,
        long rowCount,
        List<JudgedRow> rows,
        RunJudgement judgement) {
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

    /**
     * The judgement of the whole run.
     *
     * @param withoutValue how many rows had no value
     */
    record RunJudgement(
            Status status,
            @Nullable CheckError error,
            long withoutValue,
            @Nullable DroppedRows dropped) {
        static RunJudgement of(Judgement judgement) {
            return new RunJudgement(
                    judgement.status(), judgement.error(), judgement.withoutValue(), judgement.dropped());
        }
    }

    static RequestedRun of(MonitorDefinition definition, SingleRun run) {
        var judged = new HashMap<Map<String, String>, SeriesResult>();
        run.judgement().series().forEach(series -> judged.put(series.labels(), series));
        var rows = run.rows().stream()
                .map(row -> judged(row, judged.get(row.labels())))
                .toList();
        return new RequestedRun(
                definition.id(),
                run.slot(),
                run.took().toMillis(),
                definition.unit(),
                rows.size(),
                rows.size() <= MAX_ROWS ? rows : worst(rows),
                RunJudgement.of(run.judgement()));
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
