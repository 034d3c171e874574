package io.growalert.dispatcher.receiver;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.runtime.PlainReason;
import java.util.stream.Collectors;

/** The definition files are invalid; the message has one line for each problem. */
public final class BrokenFiles extends IllegalArgumentException implements PlainReason {
    private static final long serialVersionUID = 1L;

    public BrokenFiles(Problems problems) {
        super(lines(problems));
    }

    static String lines(Problems problems) {
        return problems.inOrder().stream().map(DefinitionProblem::toString).collect(Collectors.joining("\n"));
    }
}
