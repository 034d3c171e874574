package io.growalert.dispatcher.route;

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
 */
public record Grouping(
        List<String> by,
        Duration delay,
        Duration interval,
        @Nullable Duration repeat,
        List<Escalation> escalations) {
    static final Grouping DEFAULT =
            new Grouping(List.of(), Duration.ofSeconds(30), Duration.ofMinutes(5), null, List.of());

    public Grouping {
        by = List.copyOf(by);
        escalations = List.copyOf(escalations);
    }

    /** The labels of the group of an alert with these labels; an absent label has the empty value. */
    public Map<String, String> group(Map<String, String> labels) {
        var group = new LinkedHashMap<String, String>();
        by.forEach(label -> group.put(label, labels.getOrDefault(label, "")));
        return group;
    }
}
