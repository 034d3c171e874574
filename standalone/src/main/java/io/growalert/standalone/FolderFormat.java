package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

    /** Of folders without the file. */
    private static final int FIRST = 1;

    private FolderFormat() {}

    private record Stored(int format, String version) {}

    /** @throws CannotRun when the folder has a newer format; nothing is changed */
    static void requireSupported(Path folder) throws IOException {
        var newer = stored(folder).filter(stored -> stored.format() > CURRENT);
        if (newer.isPresent()) {
            throw new CannotRun(
                    "the data folder %s has format %d, and growalert %s supports up to %d: start growalert %s, which wrote it, or a newer one, or restore the backup from before the upgrade"
                            .formatted(
                                    folder,
                                    newer.get().format(),
                                    Version.current(),
                                    CURRENT,
                                    newer.get().version()));
        }
    }

    /** Before Kafka or PostgreSQL store anything in this format: earlier versions must not start on a part of it. */
    static void raise(Path folder) throws IOException {
        if (stored(folder).map(Stored::format).orElse(FIRST) < CURRENT) {
            write(folder);
        }
    }

    /**
     * After the schemas were accepted: a version that cannot run on them must not appear as the one that wrote the folder, and an earlier
     * one that can does not replace a later one.
     */
    static void record(Path folder) throws IOException {
        var current = Version.current();
        if (stored(folder)
                .filter(stored -> stored.format() == CURRENT)
                .filter(stored -> stored.version().equals(current) || isLater(stored.version(), current))
                .isEmpty()) {
            write(folder);
        }
    }

    /** A build without a number, {@code development}, is neither later nor earlier than any. */
    static boolean isLater(String version, String than) {
        try {
            return ModuleDescriptor.Version.parse(version).compareTo(ModuleDescriptor.Version.parse(than)) > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Written through to the disk before it replaces the former: a power loss leaves one of the two. */
    private static void write(Path folder) throws IOException {
        var draft = Files.writeString(
                folder.resolve(FILE + ".new"),
                "%d written by growalert %s\n".formatted(CURRENT, Version.current()),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Files.move(draft, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Empty when there is no file, or an empty one, as a power loss may leave it. */
    private static Optional<Stored> stored(Path folder) throws IOException {
        var file = folder.resolve(FILE);
        // each byte is a character: what is damaged is read as well
        var text = Files.exists(file) ? Files.readString(file, ISO_8859_1).strip() : "";
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var line = LINE.matcher(text);
        if (!line.matches()) {
            throw new CannotRun(
                    "%s is damaged: expected is one line such as '%d written by growalert %s'; restore the backup, or name another folder with --data"
                            .formatted(file, CURRENT, Version.current()));
        }
        return Optional.of(new Stored(Integer.parseInt(line.group(1)), line.group(2)));
    }
}
