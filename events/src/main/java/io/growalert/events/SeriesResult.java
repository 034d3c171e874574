package io.growalert.events;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One labelled row of a run's answer, judged.
 *
 * @param value finite
 * @param status {@code PASSED}, {@code DEGRADED} or {@code FAILED}
 * @param reason why it did not pass, such as {@code above 1000}; null when it passed
 */
public record SeriesResult(
        Map<String, String> labels,
        double value,
        Status status,
        @Nullable String reason) {
    public SeriesResult {
        labels = Map.copyOf(labels);
    }
}
