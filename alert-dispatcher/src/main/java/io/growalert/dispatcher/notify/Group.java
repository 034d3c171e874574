package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;

/** Stage 3: which deliveries to a receiver keep their order. A group is one alert. */
final class Group {
    private Group() {}

    static String of(AlertEvent event) {
        return event.alert();
    }
}
