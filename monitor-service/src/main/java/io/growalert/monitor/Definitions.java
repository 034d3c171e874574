package io.growalert.monitor;

import io.growalert.definitions.Problem;
import io.growalert.events.MonitorDefinition;
import java.util.List;
import java.util.Map;

/**
 * What a set of definition files says.
 *
 * @param problems everything that is wrong, in the order of the files; when there is any, the rest is not whole and must
 *     not be used
 */
public record Definitions(
        Map<String, SourceDefinition> sources, List<MonitorDefinition> monitors, List<Problem> problems) {
    public Definitions {
        sources = Map.copyOf(sources);
        monitors = List.copyOf(monitors);
        problems = List.copyOf(problems);
    }
}
