package io.growalert.dispatcher.group;

import io.growalert.dispatcher.route.Grouping;
import io.growalert.events.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one route to one receiver that have these labels in common.
 *
 * @param route the matchers that lead to the route
 * @param delay from the first change to its message
 * @param interval at least, between two messages
 * @param repeat the interval of messages while it fires and nothing changes; null for none
 */
record AlertGroup(
        String route,
        String receiver,
        Map<String, String> labels,
        Duration delay,
        Duration interval,
        @Nullable Duration repeat) {
    AlertGroup {
        labels = Map.copyOf(labels);
    }

    static AlertGroup of(String route, String receiver, Map<String, String> labels, Grouping grouping) {
        return new AlertGroup(route, receiver, labels, grouping.delay(), grouping.interval(), grouping.repeat());
    }

    /** With the interval of repetition that its route has now. */
    AlertGroup repeatedBy(@Nullable Duration other) {
        return new AlertGroup(route, receiver, labels, delay, interval, other);
    }

    String id() {
        return Ids.group(route, labels, receiver);
    }

    /** The next message after one that was formed at this instant, if nothing changes; null for none. */
    @Nullable
    Instant repeatedAt(Instant messagedAt) {
        return repeat == null ? null : messagedAt.plus(repeat);
    }
}
