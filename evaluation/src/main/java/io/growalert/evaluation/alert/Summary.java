package io.growalert.evaluation.alert;

import java.util.Map;
import java.util.TreeMap;

/** The summary of an alert event, one line for the receiver. */
@FunctionalInterface
public interface Summary {
    /** Names monitor, series and reason. */
    Summary PLAIN = Summary::plain;

    /**
     * @param series the labels of the alert's series; empty for the monitor's own alert
     */
    String render(String monitor, Map<String, String> series, Transition transition);

    private static String plain(String monitor, Map<String, String> series, Transition transition) {
        var subject = series.isEmpty() ? monitor : monitor + " " + String.join(" ", new TreeMap<>(series).values());
        return Reasons.cut(subject) + ": " + transition.reason();
    }
}
