package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;
import java.util.List;

/** Stage 1: who is to be told. The monitor names its receivers itself, and its events carry them. */
final class Route {
    private Route() {}

    static List<String> receivers(AlertEvent event) {
        return event.receivers().stream().distinct().toList();
    }
}
