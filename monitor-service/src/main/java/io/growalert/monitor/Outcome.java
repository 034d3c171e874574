package io.growalert.monitor;

import io.growalert.events.CheckError;
import io.growalert.events.DroppedRows;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param status the worst of the series, {@code noData}'s when there are none, {@code onError}'s when there is an error
 * @param series empty when there is an error
 * @param dropped rows that exceed a limit and were not judged; null when there are none
 * @param withoutValue how many rows had no value, and are therefore no series of this run
 */
record Outcome(
        Status status,
        List<SeriesResult> series,
        @Nullable CheckError error,
        @Nullable DroppedRows dropped,
        long withoutValue) {
    Outcome(Status status, List<SeriesResult> series, @Nullable CheckError error) {
        this(status, series, error, null, 0);
    }
}
