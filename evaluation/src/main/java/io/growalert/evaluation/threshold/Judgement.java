package io.growalert.evaluation.threshold;

import io.growalert.events.CheckError;
import io.growalert.events.DroppedRows;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of a run and of each series.
 *
 * @param status the worst of the series, {@code noData}'s when there are none, {@code onError}'s when there is an error
 * @param series empty when there is an error
 * @param dropped rows that exceed a limit and were not judged; null when there are none
 * @param withoutValue the number of rows without a value, which are no series of this run
 */
public record Judgement(
        Status status,
        List<SeriesResult> series,
        @Nullable CheckError error,
        @Nullable DroppedRows dropped,
        long withoutValue) {
    public Judgement(Status status, List<SeriesResult> series, @Nullable CheckError error) {
        this(status, series, error, null, 0);
    }
}
