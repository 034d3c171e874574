package io.growalert.definitions;

import java.nio.file.Path;
import java.util.List;

/**
 * Definition files without any key. A truncated file, or one that is written at the moment, is one; running services must not replace
 * their definitions with it.
 */
public final class EmptyFiles {
    private EmptyFiles() {}

    /** Adds a problem for each empty file; one that cannot be read is reported by its reader. */
    public static void report(List<Path> files, Variables variables, Problems problems) {
        for (var file : files) {
            DefinitionFile.read(file, variables, new Problems())
                    .filter(root -> root.keys().isEmpty())
                    .ifPresent(root -> problems.add(
                            root.place(),
                            "",
                            "the file is empty; a set without definitions has a key, such as monitors: []"));
        }
    }
}
