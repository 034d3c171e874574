package io.growalert.monitor.definitions;

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

    private record Version(@Nullable FileTime modified, long size, long checksum) {}

    private final List<Path> files;
    private final String origin;
    private final InstantSource clock;
    private final Map<Path, Version> seen = new HashMap<>();

    public DefinitionFiles(List<Path> files, String origin, InstantSource clock) {
        this.files = List.copyOf(files);
        this.origin = origin;
        this.clock = clock;
    }

    Definitions read() {
        return DefinitionCheck.of(files, Variables.environment(), origin);
    }

    /** As {@link #read}, when a file's content has changed since the last call; always at the first call. */
    Optional<Definitions> readIfChanged() {
        boolean changed = false;
        for (var file : files) {
            var version = version(file, seen.get(file));
            var before = seen.put(file, version);
            changed |= before == null || before.checksum != version.checksum || before.size != version.size;
        }
        return changed ? Optional.of(read()) : Optional.empty();
    }

    private Version version(Path file, @Nullable Version before) {
        try {
            var modified = Files.getLastModifiedTime(file);
            long size = Files.size(file);
            boolean young = modified.toInstant().plus(YOUNG).isAfter(clock.instant());
            if (before != null && !young && modified.equals(before.modified) && size == before.size) {
                return before;
            }
            var checksum = new CRC32C();
            try (var content = new CheckedInputStream(Files.newInputStream(file), checksum)) {
                content.transferTo(OutputStream.nullOutputStream());
            }
            return new Version(modified, size, checksum.getValue());
        } catch (IOException e) {
            return new Version(null, -1, 0);
        }
    }
}
