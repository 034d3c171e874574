package io.growalert.dispatcher.receiver;

import io.growalert.definitions.ChangedFiles;
import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.EmptyFiles;
import io.growalert.definitions.Place;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads definition files at the start and again when they changed. Files that are invalid, empty, or without receivers or routes
 * while there are some in use, are rejected: what was read before stays in use.
 */
public final class FilesInUse<T> {
    private static final List<String> NEVER_LOST = List.of("receivers", "routes");

    private final List<Path> files;
    private final Variables variables;
    private final Function<Problems, T> reader;
    private final ChangedFiles changed;
    private Set<String> sections;
    private volatile T current;
    private volatile Optional<String> rejected = Optional.empty();

    /** What became of a change. */
    public sealed interface Change<T> {
        record Accepted<T>(T read) implements Change<T> {}

        /** @param problems one line each */
        record Rejected<T>(String problems) implements Change<T> {}
    }

    /**
     * @param reader adds the problems of the files
     * @throws BrokenFiles when they are invalid
     */
    public FilesInUse(List<Path> files, Variables variables, Function<Problems, T> reader) {
        this.files = List.copyOf(files);
        this.variables = variables;
        this.reader = reader;
        changed = new ChangedFiles(files);
        var problems = new Problems();
        current = reader.apply(problems);
        EmptyFiles.report(this.files, variables, problems);
        if (!problems.isEmpty()) {
            throw new BrokenFiles(problems);
        }
        sections = sections();
    }

    /** What is in use. */
    public T current() {
        return current;
    }

    /** Why the files are not in use in their current state; empty when they are. */
    public Optional<String> rejected() {
        return rejected;
    }

    /** Reads {@link ChangedFiles}; empty when there is no change. Each change is returned once. */
    public Optional<Change<T>> refresh() {
        return changed.read(this::read).map(this::use);
    }

    /** @param problems one line each; empty when there is none */
    private record Candidate<T>(T read, Set<String> sections, String problems) {}

    /** Changes nothing: what is read is discarded when the files change meanwhile. */
    private Candidate<T> read() {
        var problems = new Problems();
        var read = reader.apply(problems);
        EmptyFiles.report(files, variables, problems);
        var found = sections();
        if (problems.isEmpty()) {
            sections.stream()
                    .filter(section -> !found.contains(section))
                    .sorted()
                    .forEach(section -> lost(section, problems));
        }
        return new Candidate<>(read, found, BrokenFiles.lines(problems));
    }

    private Change<T> use(Candidate<T> candidate) {
        if (!candidate.problems().isEmpty()) {
            rejected = Optional.of(candidate.problems());
            return new Change.Rejected<>(candidate.problems());
        }
        sections = candidate.sections();
        current = candidate.read();
        rejected = Optional.empty();
        return new Change.Accepted<>(candidate.read());
    }

    private void lost(String section, Problems problems) {
        problems.add(
                new Place(files.getFirst().toString(), 1, 1),
                section,
                "in use, and not defined any longer; a restart removes the last ones");
    }

    /** Those of {@link #NEVER_LOST} that have any content. */
    private Set<String> sections() {
        var roots = files.stream()
                .flatMap(file -> DefinitionFile.read(file, variables, new Problems()).stream())
                .toList();
        return NEVER_LOST.stream()
                .filter(key -> roots.stream()
                        .flatMap(root -> root.section(key).stream())
                        .anyMatch(section -> !section.keys().isEmpty()))
                .collect(Collectors.toSet());
    }
}
