package io.growalert.evaluation.alert;

import io.growalert.events.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one result says of one alert.
 *
 * @param status {@code NO_DATA} when a run that should have had rows had none; it counts as failed
 * @param why why it did not pass, such as {@code above 1000}; null when it passed
 */
public record Observation(
        Instant slot,
        Status status,
        @Nullable Double value,
        @Nullable String why) {
    boolean failed() {
        return status == Status.FAILED || status == Status.NO_DATA;
    }
}
