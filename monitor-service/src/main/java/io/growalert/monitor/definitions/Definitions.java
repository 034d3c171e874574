package io.growalert.monitor.definitions;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Place;
import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.source.SourceDefinition;
import java.util.List;
import java.util.Map;

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
}
