package io.growalert.evaluation.alert;

import io.growalert.events.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One result of one alert.
 *
 * @param status {@code NO_DATA} when expected rows are missing; it counts as failed
 * @param why why it did not pass, for example {@code above 1000}; null when it passed
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
