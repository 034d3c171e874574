package io.growalert.standalone;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path. The library that starts them would unpack them too, but trusts what an
 * interrupted start or a full disk left: this class gives it a folder that is complete.
 *
 * @param folder in which the library looks for them
 */
record PostgresPrograms(Path folder) {
    /** The library takes a folder with this file as complete, if no other file in it is newer. */
    private static final String MARK = ".exists";

    private static final String EXECUTABLES = "bin";

    /**
     * Unpacks them unless they are there completely.
     *
     * @throws CannotRun when they cannot be written; nothing is left of them
     */
    static PostgresPrograms in(Path parent) {
        var archive = archive();
        var folder = parent.resolve("PG-" + md5(archive));
        try {
            if (isComplete(folder)) {
                Files.setLastModifiedTime(folder.resolve(MARK), FileTime.from(Instant.now()));
            } else {
                Files.createDirectories(parent);
                Folders.delete(folder);
                unpack(archive, folder);
            }
            return new PostgresPrograms(folder);
        } catch (IOException e) {
            throw new CannotRun("PostgreSQL's programs cannot be unpacked into %s: %s".formatted(parent, reason(e)), e);
        }
    }

    /** A command line that runs this program. As root PostgreSQL refuses to run, so it runs without root's rights. */
    List<String> command(String program) {
        var command = new ArrayList<String>();
        if (LinuxUtils.isUnshareAvailable()) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(folder.resolve(EXECUTABLES).resolve(program).toString());
        return command;
    }

    /** In a separate folder, which gets the name when everything is written. */
    static void unpack(byte[] archive, Path folder) throws IOException {
        var draft = folder.resolveSibling(folder.getFileName() + ".new");
        Folders.delete(draft);
        try {
            Files.createDirectories(draft);
            try (var entries =
                    new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
                for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                    write(entry, entries, draft);
                }
            }
            Files.writeString(draft.resolve(MARK), Content.of(draft).toString());
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            discard(draft, e);
            throw e;
        }
    }

    private static void write(TarArchiveEntry entry, TarArchiveInputStream content, Path draft) throws IOException {
        var target = draft.resolve(entry.getName()).normalize();
        if (!target.startsWith(draft)) {
            throw new IOException("the archive has a file outside of its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(target, draft.resolve(entry.getLinkName()).normalize());
        } else {
            Files.copy(content, target);
            if (draft.relativize(target).startsWith(EXECUTABLES)
                    && !target.toFile().setExecutable(true, false)) {
                throw new IOException("%s cannot be made executable".formatted(target));
            }
        }
    }

    private static void discard(Path draft, Exception problem) {
        try {
            Folders.delete(draft);
        } catch (IOException e) {
            problem.addSuppressed(e);
        }
    }

    /** Whether everything is there in full: a power loss may leave files empty that were written before the mark. */
    private static boolean isComplete(Path folder) throws IOException {
        var mark = folder.resolve(MARK);
        return Files.exists(mark)
                && Files.readString(mark).equals(Content.of(folder).toString());
    }

    /** What is in a folder, without the mark. */
    private record Content(long files, long bytes) {
        static Content of(Path folder) throws IOException {
            long files = 0;
            long bytes = 0;
            try (var paths = Files.walk(folder)) {
                for (var path : (Iterable<Path>) paths::iterator) {
                    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && !path.endsWith(MARK)) {
                        files++;
                        bytes += Files.isSymbolicLink(path) ? 0 : Files.size(path);
                    }
                }
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            return new Content(files, bytes);
        }
    }

    private static byte[] archive() {
        var system = System.getProperty("os.name");
        var processor = System.getProperty("os.arch");
        try (var archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                system.startsWith("Windows") ? "Windows" : system.startsWith("Mac") ? "Darwin" : system,
                processor.equals("amd64") ? "x86_64" : processor)) {
            return archive.readAllBytes();
        } catch (IOException | IllegalStateException e) {
            throw new CannotRun("PostgreSQL's programs cannot be read: " + e.getMessage(), e);
        }
    }

    private static String md5(byte[] archive) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(archive));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : String.valueOf(e.getMessage());
    }
}
