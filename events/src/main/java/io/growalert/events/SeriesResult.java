package io.growalert.events;

import static io.growalert.events.Contract.frozen;
import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One labelled row of a run's answer, judged.
 *
 * @param labels what identifies the series among the monitor's; may be empty
 * @param value finite
 * @param status {@code PASSED}, {@code DEGRADED} or {@code FAILED}
 * @param reason why it did not pass, for example {@code above 1000}; null when it passed
 */
public record SeriesResult(
        Map<String, String> labels,
        double value,
        Status status,
        @Nullable String reason) {
    public SeriesResult {
        labels = frozen(labels, "labels");
        require(Double.isFinite(value), "a series' value must be a finite number");
        require(required(status, "status") != Status.NO_DATA, "a row's status is never NO_DATA");
    }
}
