package io.growalert.standalone;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.runtime.StartFailure;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The program cannot run for a reason outside of it. The message is one line with the reason and what would help. */
final class CannotRun extends RuntimeException {
    CannotRun(String message) {
        super(oneLine(message));
    }

    CannotRun(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private CannotRun(List<String> lines, @Nullable Throwable cause) {
        super(lines.stream().map(CannotRun::oneLine).collect(Collectors.joining("\n")), cause);
    }

    /** One line for each of the problems, after a first one. */
    static CannotRun because(List<DefinitionProblem> problems) {
        var lines = Stream.concat(
                Stream.of("the definitions do not load:"), problems.stream().map(DefinitionProblem::toString));
        return new CannotRun(lines.toList(), null);
    }

    /** A service's start failure, in one line or several. */
    static CannotRun because(StartFailure failure) {
        return because(failure, UnaryOperator.identity());
    }

    /** The same in other words. */
    static CannotRun because(StartFailure failure, UnaryOperator<String> words) {
        return new CannotRun(
                words.apply(String.valueOf(failure.getMessage())).lines().toList(), failure);
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "no reason given" : text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
