package io.growalert.dispatcher.route;

import io.growalert.definitions.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of an event, and why it has them. Durations have the form of definition files.
 *
 * @param labels of the event
 * @param receivers in order, each once
 * @param branches that notify, in order
 */
public record RouteExplanation(Map<String, String> labels, List<String> receivers, List<Taken> branches) {
    /**
     * A branch that notifies of the event.
     *
     * @param route its place in the file
     * @param groupBy none means one message per alert
     * @param group the labels of the event's group
     * @param heldUntil the end of the time without notifications; null when they are sent at once
     * @param why the branches that led here, with their matchers, the first route first
     */
    public record Taken(
            String route,
            List<String> receivers,
            List<String> groupBy,
            Map<String, String> group,
            String groupWait,
            String groupInterval,
            @Nullable String repeat,
            List<Step> escalate,
            @Nullable Instant heldUntil,
            List<String> why) {}

    /** A step of the escalation. */
    public record Step(
            String after, List<String> receivers, @Nullable String repeat) {}

    /** Explains the routes of an event with these labels at an instant. */
    public static RouteExplanation of(RouteTree routes, Map<String, String> labels, Instant at) {
        var branches = routes.matching(labels).stream()
                .map(path -> taken(path, labels, at))
                .toList();
        return new RouteExplanation(labels, routes.receivers(labels), branches);
    }

    private static Taken taken(RouteTree.MatchedPath path, Map<String, String> labels, Instant at) {
        var branch = path.last();
        var grouping = branch.grouping();
        return new Taken(
                branch.path(),
                branch.receivers(),
                grouping.by(),
                grouping.group(labels),
                DurationText.of(grouping.delay()),
                DurationText.of(grouping.interval()),
                text(grouping.repeat()),
                grouping.escalations().stream()
                        .map(step -> new Step(DurationText.of(step.after()), step.receivers(), text(step.repeat())))
                        .toList(),
                branch.hours().heldUntil(at).orElse(null),
                path.branches().stream().map(Branch::toString).toList());
    }

    private static @Nullable String text(@Nullable Duration duration) {
        return duration == null ? null : DurationText.of(duration);
    }
}
