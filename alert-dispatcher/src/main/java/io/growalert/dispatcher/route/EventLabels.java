package io.growalert.dispatcher.route;

import io.growalert.evaluation.match.Matcher;
import io.growalert.events.AlertEvent;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Status;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The labels that matchers see. */
public final class EventLabels {
    static final String STATUS = "status";
    private static final String MONITOR = "monitor";
    private static final Pattern BETWEEN_LABELS = Pattern.compile(",(?=\\s*" + Matcher.LABEL + "\\s*=)");

    private EventLabels() {}

    /**
     * The monitor's labels, over them the series' labels, and over both {@code monitor}, the monitor's id, and {@code status}, such
     * as {@code FAILED}.
     */
    public static Map<String, String> of(AlertEvent event) {
        return of(event, event.status());
    }

    /** As {@link #of(AlertEvent)}, with another status. */
    public static Map<String, String> of(AlertEvent event, Status status) {
        return of(event.labels(), event.series(), event.monitor(), status);
    }

    /**
     * As {@link #of(AlertEvent)}, of an incident.
     *
     * @param monitorLabels the labels of the monitor
     */
    public static Map<String, String> of(
            Map<String, String> monitorLabels, Map<String, String> series, String monitor, Status status) {
        var labels = new HashMap<>(monitorLabels);
        labels.putAll(series);
        labels.put(MONITOR, monitor);
        labels.put(STATUS, status.name());
        return Map.copyOf(labels);
    }

    /** The labels that all events of a monitor have, unless its series have other values; without {@code status}. */
    public static Map<String, String> known(MonitorDefinition monitor) {
        var labels = new HashMap<>(monitor.labels());
        labels.remove(STATUS);
        labels.put(MONITOR, monitor.id());
        return Map.copyOf(labels);
    }

    /**
     * Reads labels in the form {@code site=north,room=north-1}; a value may have commas that no name and {@code =} follow. The empty
     * text has none.
     *
     * @throws IllegalArgumentException the text has another form; the message says what was expected
     */
    public static Map<String, String> parse(String text) {
        var labels = new LinkedHashMap<String, String>();
        if (text.isBlank()) {
            return labels;
        }
        for (var part : BETWEEN_LABELS.split(text, -1)) {
            int end = part.indexOf('=');
            if (end < 0) {
                throw new IllegalArgumentException(
                        "'%s': expected labels such as site=north,room=north-1".formatted(part.strip()));
            }
            var label = Matcher.label(part.substring(0, end).strip());
            if (labels.put(label, part.substring(end + 1).strip()) != null) {
                throw new IllegalArgumentException("the label %s is there twice".formatted(label));
            }
        }
        return labels;
    }
}
