package io.growalert.dispatcher.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Routes from text, with receivers ops, pager, boss and grower. */
record RouteText(Path folder) {
    private static final String RECEIVERS =
            "receivers: {ops: {log: {}}, pager: {log: {}}, boss: {log: {}}, grower: {log: {}}}";

    RouteTree tree(String routes) {
        var problems = new Problems();
        var tree = read(routes, problems);
        assertThat(problems.inOrder()).isEmpty();
        return tree;
    }

    /** Each problem from its line on, the first line of the text being 1. */
    List<String> problems(String routes) {
        var problems = new Problems();
        read(routes, problems);
        return problems.inOrder().stream()
                .map(DefinitionProblem::toString)
                .map(text -> text.substring(text.indexOf("farm.yaml:") + "farm.yaml:".length()))
                .toList();
    }

    private RouteTree read(String routes, Problems problems) {
        try {
            var file = Files.writeString(folder.resolve("farm.yaml"), routes.stripTrailing() + "\n" + RECEIVERS + "\n");
            return RouteFiles.read(List.of(file), new Variables(Map.of()), problems);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
