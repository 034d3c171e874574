package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.route.EventLabels;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.dispatcher.route.RouteTree.MatchedPath;
import io.growalert.events.AlertEvent;
import java.util.Map;
import java.util.Optional;

/**
 * Stage 3: which alerts share messages to a receiver, and which deliveries keep their order. Without a group, an alert has its own
 * messages, in their order.
 */
final class Group {
    private Group() {}

    /**
     * What the alerts of a group have in common.
     *
     * @param path the branch that leads to the receiver
     */
    record Common(MatchedPath path, Map<String, String> labels) {}

    /** What alerts have in common that share messages with this one; empty when it has its own. A monitor's own receivers have no groups. */
    static Optional<Common> labels(AlertEvent event, String receiver, RouteTree routes) {
        if (!event.usesRoutes() || event.receivers().contains(receiver)) {
            return Optional.empty();
        }
        var labels = EventLabels.of(event);
        return routes.leadingTo(receiver, labels)
                .map(path -> new Common(path, path.last().grouping().group(labels, event.cause())))
                .filter(common -> !common.labels().isEmpty());
    }

    /** The order key of an alert's own messages. */
    static String orderKey(AlertEvent event) {
        return event.alert();
    }
}
