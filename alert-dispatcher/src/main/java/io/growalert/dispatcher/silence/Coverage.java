package io.growalert.dispatcher.silence;

import io.growalert.dispatcher.route.EventLabels;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.AlertEvent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events that a silence holds: all its matchers match. The events of one alert are excepted, and those that all of some
 * matchers match.
 *
 * @param exceptAlert an alert's id; null for none
 * @param exceptMatchers none: no further exception
 */
record Coverage(
        String silence, List<Matcher> matchers, @Nullable String exceptAlert, List<Matcher> exceptMatchers) {
    Coverage {
        matchers = List.copyOf(matchers);
        exceptMatchers = List.copyOf(exceptMatchers);
    }

    boolean holds(AlertEvent event) {
        return holds(event, EventLabels.of(event));
    }

    /** @param labels of the event */
    boolean holds(AlertEvent event, Map<String, String> labels) {
        return matchers.stream().allMatch(matcher -> matcher.test(labels))
                && !event.alert().equals(exceptAlert)
                && (exceptMatchers.isEmpty() || !exceptMatchers.stream().allMatch(matcher -> matcher.test(labels)));
    }
}
