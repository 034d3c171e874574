package io.growalert.dispatcher.handler;

import io.growalert.events.AlertEvent;
import io.growalert.events.Threshold;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The texts of an alert event for messages. None contains a control character, such as a line feed. */
public final class Wording {
    private Wording() {}

    /** Such as {@code FIRING}. */
    public static String type(AlertEvent event) {
        return event.type().wire().toUpperCase(Locale.ROOT);
    }

    /** The labels in order, such as {@code {house=2, room=office}}; empty for the alert of the monitor itself. */
    public static String series(AlertEvent event) {
        return event.series().isEmpty()
                ? ""
                : new TreeMap<>(event.series())
                        .entrySet().stream()
                                .map(label -> plain(label.getKey()) + "=" + plain(label.getValue()))
                                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** The value in plain decimal notation, with its unit if there is one; empty when there is none. */
    public static String value(AlertEvent event) {
        var value = event.value();
        if (value == null) {
            return "";
        }
        return Threshold.plain(value) + (event.unit() == null ? "" : " " + plain(event.unit()));
    }

    /** The summary, or the reason where there is no summary. */
    public static String summary(AlertEvent event) {
        return plain(event.summary().isBlank() ? event.reason() : event.summary());
    }

    /** Such as {@code FIRING   room-co2 {room=office} 1003.5: CO2 is 1003.5 ppm (above 1000)}. */
    public static String line(AlertEvent event) {
        var line = new StringBuilder("%-8s %s".formatted(type(event), event.monitor()));
        if (!event.series().isEmpty()) {
            line.append(' ').append(series(event));
        }
        if (event.value() != null) {
            line.append(' ').append(value(event));
        }
        line.append(": ").append(summary(event));
        if (!event.summary().isBlank() && !event.reason().isBlank()) {
            line.append(" (").append(plain(event.reason())).append(')');
        }
        return line.toString();
    }

    /** Replaces each run of control characters by a space, so that the text cannot leave its line or header. */
    public static String plain(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }
}
