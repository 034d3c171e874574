package io.growalert.monitor.definitions;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.runtime.PlainReason;
import java.util.List;
import java.util.stream.Collectors;

/** The definition files have problems; the message has one line for each problem. */
final class InvalidDefinitions extends RuntimeException implements PlainReason {
    private static final long serialVersionUID = 1L;

    InvalidDefinitions(List<DefinitionProblem> problems) {
        super(problems.stream().map(DefinitionProblem::toString).collect(Collectors.joining("\n")));
    }
}
