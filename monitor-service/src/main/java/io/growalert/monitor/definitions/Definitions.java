package io.growalert.monitor.definitions;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Place;
import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.source.SourceDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The content of a set of definition files.
 *
 * @param places of the monitors, by id
 * @param problems all problems, in the order of the files; when there are any, the rest is incomplete and must not be
 *     used
 */
public record Definitions(
        Map<String, SourceDefinition> sources,
        List<MonitorDefinition> monitors,
        Map<String, Place> places,
        List<DefinitionProblem> problems) {
    public Definitions {
        sources = Map.copyOf(sources);
        monitors = List.copyOf(monitors);
        places = Map.copyOf(places);
        problems = List.copyOf(problems);
    }

    /** With more problems. */
    Definitions with(List<DefinitionProblem> more) {
        return new Definitions(
                sources,
                monitors,
                places,
                Stream.concat(problems.stream(), more.stream()).toList());
    }

    /**
     * The sources of {@code before} that monitors still use although these definitions have neither: as many monitors are missing as
     * {@link PublishPlan} does not remove, so that they would run on without their sources.
     */
    Set<String> lostSources(Definitions before) {
        var lost = new TreeSet<String>();
        before.byOrigin().forEach((origin, owned) -> {
            var now = byOrigin().getOrDefault(origin, List.of()).stream()
                    .map(MonitorDefinition::id)
                    .collect(Collectors.toSet());
            var missing = owned.stream()
                    .filter(monitor -> !now.contains(monitor.id()))
                    .toList();
            if (PublishPlan.areTooMany(missing.size(), owned.size(), now.isEmpty())) {
                missing.stream()
                        .map(MonitorDefinition::source)
                        .filter(source -> before.sources.containsKey(source) && !sources.containsKey(source))
                        .forEach(lost::add);
            }
        });
        return lost;
    }

    private Map<String, List<MonitorDefinition>> byOrigin() {
        return monitors.stream().collect(Collectors.groupingBy(MonitorDefinition::origin));
    }
}
