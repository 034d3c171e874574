package io.growalert.dispatcher.state;

import java.time.Instant;
import java.util.Map;

/**
 * What the store keeps of one alert.
 *
 * @param series the series' labels; empty for the monitor's own alert too, which has a key of its own
 * @param changed the slot that made it what it is; results up to it were counted
 */
record SavedAlert(Map<String, String> series, AlertState state, Instant changed) {
    SavedAlert {
        series = Map.copyOf(series);
    }
}
