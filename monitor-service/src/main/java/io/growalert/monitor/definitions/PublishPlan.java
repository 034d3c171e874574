package io.growalert.monitor.definitions;

import io.growalert.events.MonitorDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The records to publish so that the topic matches the files, as far as this origin owns the monitors.
 *
 * @param changed new and changed monitors
 * @param removed the ids of this origin's monitors that are missing from the files
 * @param kept the ids that are missing from the files, too, but are too many to be removed without {@code prune}
 * @param foreign the files' monitors whose ids belong to another origin; they are not published
 */
record PublishPlan(
        List<MonitorDefinition> changed, List<String> removed, List<String> kept, List<MonitorDefinition> foreign) {

    /**
     * The plan for the monitors of the files, and separately for the system monitors, which go with their section unless the files
     * have no monitor at all.
     */
    static PublishPlan ofFiles(
            Map<String, MonitorDefinition> published,
            Collection<MonitorDefinition> wanted,
            String origin,
            boolean prune) {
        var system = SystemSection.origin(origin);
        var byOrigin = wanted.stream()
                .collect(Collectors.partitioningBy(monitor -> monitor.origin().equals(system)));
        return of(published, byOrigin.getOrDefault(false, List.of()), origin, prune)
                .and(of(published, byOrigin.getOrDefault(true, List.of()), system, prune || !wanted.isEmpty()));
    }

    private PublishPlan and(PublishPlan other) {
        return new PublishPlan(
                joined(changed, other.changed),
                joined(removed, other.removed),
                joined(kept, other.kept),
                joined(foreign, other.foreign));
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    /**
     * @param published the topic's current definitions by id, of all origins
     * @param wanted the monitors of the files
     * @param prune whether even an empty set, or one without more than half of the published monitors, may remove monitors
     */
    static PublishPlan of(
            Map<String, MonitorDefinition> published,
            Collection<MonitorDefinition> wanted,
            String origin,
            boolean prune) {
        var changed = new ArrayList<MonitorDefinition>();
        var foreign = new ArrayList<MonitorDefinition>();
        var gone = new HashMap<>(published);
        gone.values().removeIf(definition -> !definition.origin().equals(origin));
        int owned = gone.size();
        for (var definition : wanted) {
            var current = published.get(definition.id());
            gone.remove(definition.id());
            if (current != null && !current.origin().equals(origin)) {
                foreign.add(definition);
            } else if (!definition.equals(current)) {
                changed.add(definition);
            }
        }
        var missing = gone.keySet().stream().sorted().toList();
        boolean removes = prune || !areTooMany(missing.size(), owned, wanted.isEmpty());
        return new PublishPlan(changed, removes ? missing : List.of(), removes ? List.of() : missing, foreign);
    }

    /** Whether a set of files that lost this many of its monitors, or has none, is more likely a mistake. */
    static boolean areTooMany(int missing, int owned, boolean isEmpty) {
        return isEmpty || missing * 2 > owned;
    }
}
