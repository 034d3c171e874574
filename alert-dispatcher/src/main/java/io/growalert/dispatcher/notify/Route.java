package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Stage 1: the receivers of an event. The monitor's definition names them, and its events carry them. */
final class Route {
    private Route() {}

    /**
     * The event's receivers; for the end of an incident also those that were notified of it before the monitor's receivers
     * changed.
     */
    static List<String> receivers(AlertEvent event, Collection<String> notified) {
        return switch (event.type()) {
            case FIRING, REMINDER -> event.receivers().stream().distinct().toList();
            case RESOLVED ->
                Stream.concat(event.receivers().stream(), notified.stream())
                        .distinct()
                        .toList();
        };
    }
}
