package io.growalert.evaluation.alert;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stored state of one alert.
 *
 * @param series the series' labels; empty for the monitor's own alert too, which has a separate key
 * @param changed the slot of the last change; results up to it were counted
 * @param generation of the monitor's clock, in its own alert's record only: when the last correction of a clock that ran ahead
 *     was detected; null for none
 * @param heard when the monitor's last judged result arrived, in its own alert's record only and coarsely
 */
public record SavedAlert(
        Map<String, String> series,
        AlertState state,
        Instant changed,
        @Nullable Instant generation,
        @Nullable Instant heard) {
    public SavedAlert {
        series = Map.copyOf(series);
    }

    /** Of a series. */
    public SavedAlert(Map<String, String> series, AlertState state, Instant changed) {
        this(series, state, changed, null, null);
    }
}
