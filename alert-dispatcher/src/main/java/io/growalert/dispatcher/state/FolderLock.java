package io.growalert.dispatcher.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the data folder for this instance as long as it lives: two under one name would take their partitions and
 * consumers from each other without end.
 */
final class FolderLock implements AutoCloseable {
    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /** @throws InstanceId.Unusable when another instance has the folder, or it cannot be written to */
    static FolderLock of(Path folder) {
        try {
            Files.createDirectories(folder);
            var file = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isLocked(file)) {
                return new FolderLock(file);
            }
            file.close();
            throw unusable(folder, "is in use by another instance; give each its own", null);
        } catch (IOException e) {
            throw unusable(folder, "cannot be written to: " + e, e);
        }
    }

    private static boolean isLocked(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static InstanceId.Unusable unusable(Path folder, String why, @Nullable IOException cause) {
        return new InstanceId.Unusable("growalert.dispatcher.data: the folder %s %s".formatted(folder, why), cause);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
