package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.route.EventLabels;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.events.AlertEvent;
import io.growalert.events.Status;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Stage 1: the receivers of an event, each once. The monitor's definition names them, and its events carry them. When it names none,
 * or says so, the routes choose them by the event's labels.
 */
final class Route {
    private Route() {}

    /**
     * The event's receivers. The end of an incident is for those that were notified of it, whatever the routes say now, and for
     * those that the monitor names.
     */
    static List<String> receivers(
            AlertEvent event, RouteTree routes, Collection<String> notified, Predicate<String> acceptsGroups) {
        var known =
                switch (event.type()) {
                    case FIRING, REMINDER -> Stream.<String>empty();
                    case RESOLVED -> notified.stream();
                };
        var routed = isRouted(event, notified) ? routed(event, routes, acceptsGroups).stream() : Stream.<String>empty();
        return Stream.of(event.receivers().stream(), known, routed)
                .flatMap(receivers -> receivers)
                .distinct()
                .toList();
    }

    /** A branch with its own repeat needs no reminders of the monitor. */
    private static List<String> routed(AlertEvent event, RouteTree routes, Predicate<String> acceptsGroups) {
        var labels = EventLabels.of(event);
        return switch (event.type()) {
            case FIRING, RESOLVED -> routes.receivers(labels);
            case REMINDER -> routes.reminded(labels, event.cause(), acceptsGroups);
        };
    }

    /**
     * The end of the time in which the routes do not notify this receiver; empty when it is notified at once. The hours of a
     * resolution are those of its firing; the monitor's own receivers have none.
     */
    static Optional<Instant> heldUntil(AlertEvent event, RouteTree routes, String receiver, Instant now) {
        if (!event.usesRoutes() || event.receivers().contains(receiver)) {
            return Optional.empty();
        }
        var statuses =
                switch (event.type()) {
                    case FIRING, REMINDER -> Stream.of(event.status());
                    case RESOLVED -> Stream.of(Status.FAILED, Status.NO_DATA, event.status());
                };
        return statuses.map(status -> EventLabels.of(event, status))
                .filter(labels -> routes.receivers(labels).contains(receiver))
                .findFirst()
                .flatMap(labels -> routes.heldUntil(labels, receiver, now));
    }

    /** The status of a resolution is another one than that of its firing, and would lead to other receivers. */
    private static boolean isRouted(AlertEvent event, Collection<String> notified) {
        return event.usesRoutes() && (event.type() != AlertEvent.Type.RESOLVED || notified.isEmpty());
    }
}
