package io.growalert.monitor.definitions;

import io.growalert.definitions.EmptyFiles;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The definition files. They are polled instead of watched, which also works for mounted volumes, symbolic links and replaced
 * files.
 */
public final class DefinitionFiles {
    /** A file younger than this may have been written again within the same timestamp, so its content is read. */
    private static final Duration YOUNG = Duration.ofSeconds(5);

    private record Content(long size, long checksum) {}

    private record Version(@Nullable FileTime modified, Content content) {}

    private final List<Path> files;
    private final String origin;
    private final InstantSource clock;
    private final Map<Path, Version> versions = new HashMap<>();
    /** As of the last call; null before the first. */
    private @Nullable List<Content> seen;

    private @Nullable List<Content> used;

    public DefinitionFiles(List<Path> files, String origin, InstantSource clock) {
        this.files = List.copyOf(files);
        this.origin = origin;
        this.clock = clock;
    }

    Definitions read() {
        var variables = Variables.environment();
        var problems = new Problems();
        EmptyFiles.report(files, variables, problems);
        return DefinitionCheck.of(files, variables, origin).with(problems.inOrder());
    }

    /**
     * As {@link #read}, when a file's content differs from what was read last; always at the first call. A change is read at the
     * call after the one that saw it, when it has not changed again: a file that is being written is incomplete.
     */
    Optional<Definitions> readIfChanged() {
        var now = files.stream().map(this::content).toList();
        boolean isComplete = seen == null || now.equals(seen);
        seen = now;
        if (!isComplete || now.equals(used)) {
            return Optional.empty();
        }
        used = now;
        return Optional.of(read());
    }

    private Content content(Path file) {
        var version = version(file, versions.get(file));
        versions.put(file, version);
        return version.content;
    }

    private Version version(Path file, @Nullable Version before) {
        try {
            var modified = Files.getLastModifiedTime(file);
            long size = Files.size(file);
            boolean young = modified.toInstant().plus(YOUNG).isAfter(clock.instant());
            if (before != null && !young && modified.equals(before.modified) && size == before.content.size) {
                return before;
            }
            var checksum = new CRC32C();
            try (var content = new CheckedInputStream(Files.newInputStream(file), checksum)) {
                content.transferTo(OutputStream.nullOutputStream());
            }
            return new Version(modified, new Content(size, checksum.getValue()));
        } catch (IOException e) {
            return new Version(null, new Content(-1, 0));
        }
    }
}
