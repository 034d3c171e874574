package io.growalert.events;

import static io.growalert.events.Contract.frozen;
import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one run of one monitor, or of a part of it: the value of {@link Topics#CHECK_RESULTS}.
 *
 * @param monitor the monitor's id, the record's key
 * @param slot the instant the run was scheduled for; its window ends here
 * @param startedAt when it actually started
 * @param durationMs its duration in milliseconds
 * @param status of the whole run: the worst of its series; without any, by {@code noData} or {@code onError}.
 *     Never {@code NO_DATA}
 * @param missedSlots the number of slots skipped since the previous run, because no run could start in time
 * @param part from 1 to {@code parts}; a run with more than {@link #MAX_SERIES} series is split
 * @param labels the monitor's labels
 * @param series empty when there is an error
 * @param error why there are no series; null when the source answered
 * @param dropped the rows of the answer that are in no part of the run because they exceed a limit; null for none. The same in every part
 * @param instance the id of the publishing instance; null when it is not known
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
        @Nullable CheckError error,
        @Nullable DroppedRows dropped,
        @Nullable String instance) {

    /** The maximum number of series in one record. */
    public static final int MAX_SERIES = 1_000;

    public CheckResult {
        required(monitor, "monitor");
        required(slot, "slot");
        required(startedAt, "startedAt");
        require(required(status, "status") != Status.NO_DATA, "a run's status is never NO_DATA");
        require(durationMs >= 0 && missedSlots >= 0, "durationMs and missedSlots must not be negative");
        require(part >= 1 && part <= parts, "part must be from 1 to parts");
        labels = frozen(labels, "labels");
        series = frozen(series, "series");
        require(series.size() <= MAX_SERIES, "a record carries at most 1,000 series");
        require(error == null || series.isEmpty(), "a run that ended in an error has no series");
    }

    /** Without an instance. */
    public CheckResult(
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
            @Nullable CheckError error,
            @Nullable DroppedRows dropped) {
        this(
                monitor,
                slot,
                startedAt,
                durationMs,
                status,
                missedSlots,
                part,
                parts,
                labels,
                series,
                error,
                dropped,
                null);
    }

    /** The CloudEvents id: the same for the same part of the same run. */
    public String eventId() {
        return monitor + "/" + InstantText.of(slot) + "/" + part;
    }
}
