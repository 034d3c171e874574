package io.growalert.definitions;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The problems found while reading files. */
public final class Problems {
    private static final Comparator<DefinitionProblem> BY_PLACE = Comparator.comparing(
                    (DefinitionProblem problem) -> problem.place().file())
            .thenComparingInt(problem -> problem.place().line())
            .thenComparingInt(problem -> problem.place().column());

    private final List<DefinitionProblem> found = new ArrayList<>();

    public void add(Place place, String key, String message) {
        found.add(new DefinitionProblem(place, key, message));
    }

    void addAll(Problems more) {
        found.addAll(more.found);
    }

    int size() {
        return found.size();
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order of the files and, within a file, from top to bottom. */
    public List<DefinitionProblem> inOrder() {
        return found.stream().sorted(BY_PLACE).distinct().toList();
    }
}
