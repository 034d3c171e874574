package io.growalert.monitor;

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
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The definition files as they are now. They are looked at in intervals rather than watched: that also works for mounted
 * volumes, symbolic links and files that are replaced.
 */
@Component
final class DefinitionFiles {
    /** A file as young as this may have been written again within the same time stamp, so its content is looked at. */
    private static final Duration YOUNG = Duration.ofSeconds(5);

    private record Look(@Nullable FileTime modified, long size, long checksum) {}

    private final List<Path> files;
    private final String origin;
    private final InstantSource clock;
    private final Map<Path, Look> seen = new HashMap<>();

    @Autowired
    DefinitionFiles(MonitorServiceSettings settings, InstantSource clock) {
        this(settings.files(), settings.origin(), clock);
    }

    DefinitionFiles(List<Path> files, String origin, InstantSource clock) {
        this.files = List.copyOf(files);
        this.origin = origin;
        this.clock = clock;
    }

    Definitions read() {
        return DefinitionCheck.of(files, Variables.environment(), origin);
    }

    /** As {@link #read}, when a file's content is another than at the last call; always the first time. */
    Optional<Definitions> readIfChanged() {
        boolean changed = false;
        for (var file : files) {
            var look = look(file, seen.get(file));
            var before = seen.put(file, look);
            changed |= before == null || before.checksum != look.checksum || before.size != look.size;
        }
        return changed ? Optional.of(read()) : Optional.empty();
    }

    private Look look(Path file, @Nullable Look before) {
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
            return new Look(modified, size, checksum.getValue());
        } catch (IOException e) {
            return new Look(null, -1, 0);
        }
    }
}
