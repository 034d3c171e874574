package io.growalert.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The format of a data folder, in its file {@code format}: one line such as {@code 1 written by growalert 0.1.0}. It covers what no schema
 * version does: the folder's layout, and the formats in which the embedded Kafka and PostgreSQL store their files. Folders without the
 * file are from before there was one.
 */
final class FolderFormat {
    /** Raise it with each change that earlier versions cannot run on: {@code FolderFormatTest} names some. */
    static final int CURRENT = 1;

    static final String FILE = "format";

    private static final Pattern LINE = Pattern.compile("([1-9][0-9]{0,8}) written by growalert (\\S+)\\s*");

    private FolderFormat() {}

    /**
     * Writes the format of this version, unless the folder has it already.
     *
     * @throws CannotRun when the folder has a newer one; nothing is changed then
     */
    static void require(Path folder) throws IOException {
        var file = folder.resolve(FILE);
        var line = "%d written by growalert %s".formatted(CURRENT, Version.current());
        var stored = stored(file);
        if (stored.filter(line::equals).isPresent()) {
            return;
        }
        stored.ifPresent(text -> requireSupported(folder, text));
        var replacement = Files.writeString(folder.resolve(FILE + ".new"), line + "\n");
        Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Optional<String> stored(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    private static void requireSupported(Path folder, String text) {
        var line = LINE.matcher(text);
        if (!line.matches()) {
            throw new CannotRun(
                    "%s does not contain the format of the data folder: restore the backup, or name another folder with --data"
                            .formatted(folder.resolve(FILE)));
        }
        int format = Integer.parseInt(line.group(1));
        if (format > CURRENT) {
            throw new CannotRun(
                    "the data folder %s has format %d, and growalert %s supports up to %d: start growalert %s, which wrote it, or a newer one, or restore the backup from before the upgrade"
                            .formatted(folder, format, Version.current(), CURRENT, line.group(2)));
        }
    }
}
