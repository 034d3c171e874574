package io.growalert.definitions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Files that are read again when they changed: once two calls in a row found the same file stamps, since a file that is being
 * written may be incomplete and still valid.
 */
public final class ChangedFiles {
    private final List<Path> files;
    private List<String> stamps;
    private List<String> seen;

    /** The files as they are now count as read. */
    public ChangedFiles(List<Path> files) {
        this.files = List.copyOf(files);
        stamps = stamps();
        seen = stamps;
    }

    /** What {@code reader} reads; empty when the files did not change, or change at the moment. */
    public synchronized <T> Optional<T> read(Supplier<T> reader) {
        var now = stamps();
        boolean isStable = now.equals(seen);
        seen = now;
        if (!isStable || now.equals(stamps)) {
            return Optional.empty();
        }
        var read = reader.get();
        if (!now.equals(stamps())) {
            return Optional.empty();
        }
        stamps = now;
        return Optional.of(read);
    }

    private List<String> stamps() {
        return files.stream().map(ChangedFiles::stamp).toList();
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file) + " " + file.toRealPath();
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
