package io.growalert.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The locked data folder of one instance, with its instance id. The id survives restarts, so that the restarted instance
 * resumes its partitions and leases. The lock prevents two instances with one id, which would fence each other repeatedly.
 */
public final class InstanceFolder implements AutoCloseable {
    private static final String ID = "instance-id";

    private final Path path;
    private final String instanceId;
    private final FileChannel lock;

    private InstanceFolder(Path path, String instanceId, FileChannel lock) {
        this.path = path;
        this.instanceId = instanceId;
        this.lock = lock;
    }

    /**
     * Locks the folder, and creates it when it is missing.
     *
     * @param setting the setting with its path, for the message
     * @throws RuntimeException with a {@link PlainReason} when another instance holds it, or it is not writable
     */
    public static InstanceFolder open(String setting, Path path) {
        try {
            Files.createDirectories(path);
            var lock = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(lock)) {
                lock.close();
                throw new Unusable(setting, path, "is in use by another instance; give each its own", null);
            }
            return new InstanceFolder(path, keptId(path), lock);
        } catch (IOException e) {
            throw new Unusable(setting, path, "cannot be written to: " + e, e);
        }
    }

    private static boolean isLocked(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String keptId(Path folder) throws IOException {
        var file = folder.resolve(ID);
        try {
            var kept = Files.readString(file).strip();
            if (!kept.isEmpty()) {
                return kept;
            }
            // a crash left an empty file
        } catch (NoSuchFileException e) {
            // the first start
        }
        var id = UUID.randomUUID().toString();
        var draft = Files.writeString(folder.resolve(ID + ".new"), id);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        return id;
    }

    public Path path() {
        return path;
    }

    /** The name of this instance in Kafka groups and in the database. */
    public String instanceId() {
        return instanceId;
    }

    /** Unlocks the folder; its content stays. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(String setting, Path folder, String why, @Nullable IOException cause) {
            super("%s: the folder %s %s".formatted(setting, folder, why), cause);
        }
    }
}
