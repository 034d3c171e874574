package io.growalert.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The folder that stores everything that survives a restart. Only one process has it open at a time: the system's lock on
 * {@code lock} ends with the process, however it ends.
 */
final class DataFolder implements AutoCloseable {
    static final String OPERATORS = "operators.json";
    static final String LOCK = "lock";

    private final Path path;
    private final FileChannel lock;

    private DataFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Opens the folder, created when it is missing, with an empty {@code tmp}: what libraries unpack goes there, because
     * each SIGKILL would otherwise leave it in the system's temporary folder. The JVM itself has read
     * {@code java.io.tmpdir} before any of our code runs; the property is for those that read it later, and
     * {@link RocksDbLibrary} sets the rest.
     *
     * @throws CannotRun when it is in use, cannot be written to, or a newer version wrote it
     */
    static DataFolder open(Path folder) {
        var path = folder.toAbsolutePath().normalize();
        try {
            create(path);
            var data = new DataFolder(path, locked(path));
            data.requireSupported();
            Folders.delete(data.tmp());
            Files.createDirectories(data.tmp());
            System.setProperty("java.io.tmpdir", data.tmp().toString());
            return data;
        } catch (FileAlreadyExistsException e) {
            throw new CannotRun("the data folder cannot be created: %s is a file".formatted(e.getMessage()), e);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private static CannotRun notWritable(Path path, IOException e) {
        return new CannotRun(
                "the data folder %s cannot be written to (%s): give write access, or name another with --data"
                        .formatted(path, reason(e)),
                e);
    }

    /** To be called before anything is stored that earlier formats do not allow. */
    void raiseFormat() {
        try {
            FolderFormat.raise(path);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    /** To be called when this version can run on what is stored. */
    void recordVersion() {
        try {
            FolderFormat.record(path);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    /** A folder that is created here is readable for its owner only: topics and tables contain personal data. */
    private static void create(Path path) throws IOException {
        boolean isNew = !Files.exists(path);
        Files.createDirectories(path);
        if (isNew && Files.getFileStore(path).supportsFileAttributeView(PosixFileAttributeView.class)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static FileChannel locked(Path path) throws IOException {
        var channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // this process has locked it already
        }
        channel.close();
        throw new CannotRun(
                "the data folder %s is in use by another growalert: stop it, or name another folder with --data"
                        .formatted(path));
    }

    private void requireSupported() throws IOException {
        try {
            FolderFormat.requireSupported(path);
        } catch (CannotRun | IOException e) {
            lock.close();
            throw e;
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "");
    }

    Path path() {
        return path;
    }

    Path kafka() {
        return path.resolve("kafka");
    }

    Path postgres() {
        return path.resolve("postgres");
    }

    Path postgresPrograms() {
        return path.resolve("postgres-programs");
    }

    Path services() {
        return path.resolve("services");
    }

    /** Mails to customers, where no mail server is configured. */
    Path mail() {
        return path.resolve("mail");
    }

    Path operatorToken() {
        return path.resolve("operator-token");
    }

    /** The named operators, which {@code growalert operators} changes. */
    Path operators() {
        return path.resolve(OPERATORS);
    }

    /** The gateway's private key, with which it signs the identity of operators. */
    Path identityKey() {
        return services().resolve("gateway").resolve("identity-key.json");
    }

    /** The public key to it, for the services. */
    Path identityPublicKey() {
        return services().resolve("gateway").resolve("identity-public-key.json");
    }

    /** The key that seals the cookies of the gateway's sessions. */
    Path sessionKey() {
        return services().resolve("gateway").resolve("session-key.json");
    }

    Path logs() {
        return path.resolve("logs");
    }

    Path tmp() {
        return path.resolve("tmp");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // the lock ends with the process at the latest
        }
    }
}
