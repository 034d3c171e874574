package io.growalert.dispatcher.silence;

import io.growalert.dispatcher.route.EventLabels;
import io.growalert.events.AlertEvent;
import java.util.List;

/** The silences in force during one transaction. */
public final class InForce {
    private final List<Coverage> silences;
    private final List<String> overdue;

    InForce(List<Coverage> silences, List<String> overdue) {
        this.silences = List.copyOf(silences);
        this.overdue = List.copyOf(overdue);
    }

    /** The ids of the silences that hold this event. */
    public List<String> holds(AlertEvent event) {
        if (silences.isEmpty()) {
            return List.of();
        }
        var labels = EventLabels.of(event);
        return silences.stream()
                .filter(silence -> silence.holds(event, labels))
                .map(Coverage::silence)
                .toList();
    }

    /** The ids of the silences whose time is over, and whose holds are not ended yet. */
    public List<String> overdue() {
        return overdue;
    }

    boolean isEmpty() {
        return silences.isEmpty();
    }

    List<Coverage> silences() {
        return silences;
    }
}
