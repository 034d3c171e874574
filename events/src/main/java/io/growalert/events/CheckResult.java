package io.growalert.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one run of one monitor, or of a part of it: the value of {@link Topics#CHECK_RESULTS}.
 *
 * @param slot the instant the run stands for; the window it looked at ends here
 * @param startedAt when it really started
 * @param durationMs how long it took, in milliseconds
 * @param status of the whole run: the worst of its series, or {@code onError}'s when the run ended in an error
 * @param missedSlots how many slots before this one were skipped, each because its run could not start on time
 * @param part from 1 to {@code parts}; a run with more than {@link #MAX_SERIES} series is split
 * @param labels the monitor's labels
 * @param series empty when there is an error
 * @param error why there are no series; null when the source answered
 */
public record CheckResult(
        String monitor,
        Instant slot,
        Instant startedAt,
        long durationMs,
        Status status,
        long missedSlots,
        int part,
        int parts,
        Map<String, String> labels,
        List<SeriesResult> series,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable CheckError error) {

    /** The most series one record carries. */
    public static final int MAX_SERIES = 1_000;

    public CheckResult {
        labels = Map.copyOf(labels);
        series = List.copyOf(series);
    }

    /** The CloudEvents id: the same for the same part of the same run. */
    public String eventId() {
        return monitor + "/" + slot + "/" + part;
    }
}
