package io.growalert.dispatcher.route;

import io.growalert.events.AlertCause;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which alerts of a branch share messages, and when these are sent.
 *
 * @param by the labels whose values the alerts of a group have in common; none means one message per alert
 * @param delay from the first alert of a group to its first message
 * @param interval between the messages of a group whose alerts change
 * @param repeat the interval of messages of a group that still fires; null for never
 * @param escalations the earliest first
 * @param isSeparate the file says that no alerts share a message, so that those of one cause do not either
 */
public record Grouping(
        List<String> by,
        Duration delay,
        Duration interval,
        @Nullable Duration repeat,
        List<Escalation> escalations,
        boolean isSeparate) {
    static final Grouping DEFAULT =
            new Grouping(List.of(), Duration.ofSeconds(30), Duration.ofMinutes(5), null, List.of(), false);

    public Grouping {
        by = List.copyOf(by);
        escalations = List.copyOf(escalations);
    }

    /** The same with another interval of repetition. */
    public Grouping repeating(@Nullable Duration other) {
        return new Grouping(by, delay, interval, other, escalations, isSeparate);
    }

    /** Whether such an alert shares messages with others, which a group repeats. */
    boolean isShared(Map<String, String> labels, @Nullable AlertCause cause) {
        return !group(labels, cause).isEmpty();
    }

    /**
     * The labels of the group of an alert with these labels, or of this cause when the route groups by no label; none means that
     * the alert shares no message.
     */
    public Map<String, String> group(Map<String, String> labels, @Nullable AlertCause cause) {
        if (!by.isEmpty()) {
            return group(labels);
        }
        return isSeparate || cause == null ? Map.of() : Map.of(cause.kind().wire(), cause.name());
    }

    /** The labels of the group of an alert with these labels; an absent label has the empty value. */
    public Map<String, String> group(Map<String, String> labels) {
        var group = new LinkedHashMap<String, String>();
        by.forEach(label -> group.put(label, labels.getOrDefault(label, "")));
        return group;
    }
}
