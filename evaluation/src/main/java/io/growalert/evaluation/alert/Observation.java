package io.growalert.evaluation.alert;

import io.growalert.events.MonitorDefinition;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One result of one alert.
 *
 * @param status {@code NO_DATA} when expected rows are missing; it counts as failed
 * @param why why it did not pass, for example {@code above 1000}; null when it passed
 * @param held why it does not pass a series that failed before, for example {@code not below 900}; null when it does
 */
public record Observation(
        Instant slot,
        Status status,
        @Nullable Double value,
        @Nullable String why,
        @Nullable String held) {
    Observation(Instant slot, Status status, @Nullable Double value, @Nullable String why) {
        this(slot, status, value, why, null);
    }

    /** The result of a series; {@code resolve} is applied here, since only a series' state decides whether it matters. */
    static Observation of(Instant slot, SeriesResult result, MonitorDefinition definition) {
        var resolve = definition.resolve();
        var held = resolve == null || resolve.breachedBy(result.value())
                ? null
                : "not " + resolve.inWords(definition.unit());
        return new Observation(slot, result.status(), result.value(), result.reason(), held);
    }

    boolean failed() {
        return status == Status.FAILED || status == Status.NO_DATA;
    }
}
