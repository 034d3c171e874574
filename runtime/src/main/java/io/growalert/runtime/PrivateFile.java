package io.growalert.runtime;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

/** Files with secrets: only their owner can read them, and the folders that are created for them. */
public final class PrivateFile {
    private PrivateFile() {}

    /** Creates or replaces the file atomically: a crash leaves the whole content or none. */
    public static void write(Path file, String content) throws IOException {
        var draft = file.resolveSibling(file.getFileName() + ".new");
        writeDraft(draft, content);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The content of the file, which is created with {@code first} when it is missing. Of several processes that create it at the
     * same time one succeeds, and all get its content.
     */
    public static String readOrCreate(Path file, Supplier<String> first) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            // the first start
        }
        var content = first.get();
        return create(file, content) ? content : Files.readString(file);
    }

    /** False when there is such a file, which stays unchanged. */
    private static boolean create(Path file, String content) throws IOException {
        var draft = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".new");
        try {
            writeDraft(draft, content);
            link(file, draft);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** A link fails where there is a file, and a whole file appears at once; a move replaces, or is not atomic. */
    private static void link(Path file, Path draft) throws IOException {
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // a file system without links
            Files.move(draft, file);
        }
    }

    private static void writeDraft(Path draft, String content) throws IOException {
        var folder = Objects.requireNonNull(draft.toAbsolutePath().normalize().getParent());
        boolean hasPermissions = hasPermissions(folder);
        if (hasPermissions) {
            Files.createDirectories(folder, permissions("rwx------"));
        } else {
            Files.createDirectories(folder);
        }
        Files.deleteIfExists(draft);
        if (hasPermissions) {
            Files.createFile(draft, permissions("rw-------"));
        }
        Files.writeString(draft, content);
    }

    private static boolean hasPermissions(Path folder) throws IOException {
        var existing = folder;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return Files.getFileStore(existing).supportsFileAttributeView(PosixFileAttributeView.class);
    }

    private static FileAttribute<?> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }
}
