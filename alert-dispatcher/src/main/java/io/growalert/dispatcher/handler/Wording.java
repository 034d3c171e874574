package io.growalert.dispatcher.handler;

import io.growalert.events.AlertEvent;
import io.growalert.events.Threshold;
import java.util.ArrayList;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The texts of an alert event for messages. None contains a control character, such as a line feed, except {@link #text}. */
public final class Wording {
    /** In characters: a link is left out rather than nearly all facts. */
    private static final int SHORTEST_FACTS = 80;

    private Wording() {}

    /** Such as {@code FIRING}. */
    public static String type(AlertEvent event) {
        return event.type().wire().toUpperCase(Locale.ROOT);
    }

    /** As {@link #type(AlertEvent)}, or {@code ESCALATED}. */
    public static String type(Notification notification) {
        boolean isEscalated =
                notification.occasion().isEscalation() && notification.event().type() != AlertEvent.Type.RESOLVED;
        return isEscalated ? "ESCALATED" : type(notification.event());
    }

    /** Such as {@code step 1, not acknowledged since 2026-11-24 08:00:00 CET}; empty for no escalation. */
    public static String escalation(Notification notification) {
        var occasion = notification.occasion();
        return occasion.isEscalation()
                ? "step %d, not acknowledged since %s"
                        .formatted(
                                occasion.step(),
                                notification
                                        .presentation()
                                        .time(notification.event().firingSince()))
                : "";
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

    /** The value in plain decimal notation; empty when there is none. */
    public static String value(AlertEvent event) {
        var value = event.value();
        return value == null ? "" : Threshold.plain(value);
    }

    /** The value and its unit, such as {@code 1003.5 ppm}; the value alone when there is no unit, empty when there is no value. */
    public static String valueWithUnit(AlertEvent event) {
        return event.unit() == null ? value(event) : plain(value(event) + " " + event.unit());
    }

    /** Such as {@code [FIRING] room-co2: CO2 is 1003.5 ppm}. */
    public static String title(Notification notification) {
        var event = notification.event();
        return "[%s] %s: %s".formatted(type(notification), event.monitor(), summary(event));
    }

    /**
     * The message below the title, one line for each fact: the only text here with line feeds. The last line is the link that
     * acknowledges, if there is one; it is never cut.
     *
     * @param limit in characters
     */
    public static String text(Notification notification, int limit) {
        return withAckLink(facts(notification), notification, limit);
    }

    /** These facts, cut, and the link that acknowledges, if there is one, in the last line. */
    public static String withAckLink(String facts, Notification notification, int limit) {
        var acknowledge =
                notification.ackLink().map(link -> "\nAcknowledge: " + link).orElse("");
        return acknowledge.length() + SHORTEST_FACTS > limit
                ? cut(facts, limit)
                : cut(facts, limit - acknowledge.length()) + acknowledge;
    }

    private static String facts(Notification notification) {
        var event = notification.event();
        var shown = notification.presentation();
        var lines = new ArrayList<String>();
        if (notification.occasion().isEscalation()) {
            lines.add("Escalated: " + escalation(notification));
        }
        new TreeMap<>(event.series()).forEach((name, value) -> lines.add(plain(name) + ": " + plain(value)));
        if (event.value() != null) {
            lines.add("Value: " + valueWithUnit(event));
        }
        if (!event.reason().isBlank()) {
            lines.add("Reason: " + plain(event.reason()));
        }
        lines.add("Since: " + shown.time(event.firingSince()));
        if (event.type() == AlertEvent.Type.RESOLVED) {
            lines.add("Resolved: " + shown.time(event.slot()));
        }
        new TreeMap<>(event.labels()).forEach((name, value) -> lines.add(plain(name) + ": " + plain(value)));
        shown.link(event).ifPresent(lines::add);
        return String.join("\n", lines);
    }

    /** At most this many characters, the last of which is an ellipsis when the text was longer. */
    public static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
        return text.substring(0, end) + "…";
    }

    /** The summary, or the reason where there is no summary. */
    public static String summary(AlertEvent event) {
        return plain(event.summary().isBlank() ? event.reason() : event.summary());
    }

    /** Such as {@code FIRING   room-co2 {room=office} 1003.5 ppm: CO2 is high (above 1000 ppm)}. */
    public static String line(Notification notification) {
        var event = notification.event();
        var line = new StringBuilder("%-8s %s".formatted(type(notification), event.monitor()));
        if (!event.series().isEmpty()) {
            line.append(' ').append(series(event));
        }
        if (event.value() != null) {
            line.append(' ').append(valueWithUnit(event));
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
