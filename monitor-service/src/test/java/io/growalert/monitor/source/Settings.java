package io.growalert.monitor.source;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a kind of source makes of settings in YAML. */
public record Settings(Optional<? extends SourceConfig> config, List<String> problems) {
    public static Settings read(SourceType type, String yaml) {
        var problems = new Problems();
        var section = DefinitionFile.parse("test.yml", yaml, new Variables(Map.of()), problems)
                .orElseThrow();
        var config = type.read(section);
        return new Settings(
                config,
                problems.inOrder().stream().map(DefinitionProblem::toString).toList());
    }

    /** The configuration, which must be without problems. */
    public static SourceConfig config(SourceType type, String yaml) {
        var settings = read(type, yaml);
        if (!settings.problems.isEmpty()) {
            throw new AssertionError(settings.problems);
        }
        return settings.config.orElseThrow();
    }
}
