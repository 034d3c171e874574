package io.growalert.dispatcher.route;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Further receivers of an incident that is neither acknowledged nor resolved.
 *
 * @param after the time from the first notification
 * @param receivers at least one
 * @param repeat the interval in which they are notified again; null for never
 */
public record Escalation(
        Duration after, List<String> receivers, @Nullable Duration repeat) {
    public Escalation {
        receivers = List.copyOf(receivers);
    }
}
