package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;

/** Stage 3: what is delivered in one go, and in order. A group is one alert. */
final class Group {
    private Group() {}

    static String of(AlertEvent event) {
        return event.alert();
    }
}
