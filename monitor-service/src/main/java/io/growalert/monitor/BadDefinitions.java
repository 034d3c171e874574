package io.growalert.monitor;

import io.growalert.definitions.Problem;
import io.growalert.runtime.PlainReason;
import java.util.List;
import java.util.stream.Collectors;

/** The definition files cannot be used; the message has one line for each problem. */
final class BadDefinitions extends RuntimeException implements PlainReason {
    private static final long serialVersionUID = 1L;

    BadDefinitions(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }
}
