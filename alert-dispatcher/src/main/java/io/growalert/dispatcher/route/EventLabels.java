package io.growalert.dispatcher.route;

import io.growalert.events.AlertEvent;
import java.util.HashMap;
import java.util.Map;

/** The labels that matchers see. */
public final class EventLabels {
    private EventLabels() {}

    /**
     * The monitor's labels, over them the series' labels, and over both {@code monitor}, the monitor's id, and {@code status}, such
     * as {@code FAILED}.
     */
    public static Map<String, String> of(AlertEvent event) {
        var labels = new HashMap<>(event.labels());
        labels.putAll(event.series());
        labels.put("monitor", event.monitor());
        labels.put("status", event.status().name());
        return Map.copyOf(labels);
    }
}
