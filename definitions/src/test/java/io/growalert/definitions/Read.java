package io.growalert.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A text being read as a definition file named {@code farm.yaml}, and what was found wrong with it. */
final class Read {
    private final Problems problems = new Problems();
    private final Section root;

    Read(String text) {
        this(text, Map.of());
    }

    Read(String text, Map<String, String> variables) {
        root = DefinitionFile.parse("farm.yaml", text, new Variables(variables), problems)
                .orElseThrow(() -> new AssertionError(problems.inOrder().toString()));
    }

    Section root() {
        return root;
    }

    /** What one key gives, when nothing may be wrong with it. */
    <T> Optional<T> value(Function<Section, Optional<T>> read) {
        var value = read.apply(root);
        assertThat(problems()).isEmpty();
        return value;
    }

    List<String> problems() {
        return problems.inOrder().stream().map(DefinitionProblem::toString).toList();
    }

    /** What is wrong with a text that cannot be read at all. */
    static List<String> failing(String text) {
        var problems = new Problems();
        assertThat(DefinitionFile.parse("farm.yaml", text, new Variables(Map.of()), problems))
                .isEmpty();
        return problems.inOrder().stream().map(DefinitionProblem::toString).toList();
    }
}
