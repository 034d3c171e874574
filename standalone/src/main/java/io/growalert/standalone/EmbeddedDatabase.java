package io.growalert.standalone;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL, started as a child process from the programs on the class path: its data in a folder, durable,
 * listening on 127.0.0.1, user {@code postgres} without a password.
 */
final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    static final String USER = "postgres";

    /** Recovery after a kill may take a while; an immediate failure is in the log before this time limit. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** Measured with the example: 103 MB. */
    private static final long FIRST_START_BYTES = 150L << 20;

    /** The library starts PostgreSQL with the first two off: faster, and nothing survives a crash. */
    private static final Map<String, String> DURABLE = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on");

    private static final Map<String, String> SMALL = Map.of(
            "listen_addresses", LoopbackPorts.LOOPBACK,
            "unix_socket_directories", "",
            "max_connections", "100",
            "shared_buffers", "128MB",
            "max_wal_size", "256MB");

    private final EmbeddedPostgres server;
    private final Path folder;
    private volatile boolean closing;

    private EmbeddedDatabase(EmbeddedPostgres server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    /** Stops the PostgreSQL that an earlier run left running over this folder: it survives a killed JVM. */
    static void stopEarlier(Path folder) {
        Postmaster.over(folder).ifPresent(Postmaster::stop);
    }

    /**
     * Checks what would let a start fail only after half a minute.
     *
     * @throws CannotRun when a folder belongs to another user, or a first start would fill the disk
     */
    static void requireUsable(DataFolder data) {
        try {
            if (Files.exists(data.postgres())) {
                requireOwn(data.postgres(), data.tmp());
            } else {
                if (LinuxUtils.isUnshareAvailable() && !isOpen(data.path())) {
                    requireOwn(data.path(), data.tmp());
                }
                requireSpace(data.path(), Files.getFileStore(data.path()).getUsableSpace());
            }
        } catch (IOException e) {
            throw new CannotRun("the data folder %s cannot be used: %s".formatted(data.path(), e), e);
        }
    }

    private static boolean isOpen(Path folder) throws IOException {
        var permissions = Files.getPosixFilePermissions(folder);
        return permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || permissions.contains(PosixFilePermission.GROUP_WRITE);
    }

    /**
     * PostgreSQL runs only in a folder of its own user, and as root's without root's rights.
     *
     * @param own a folder that this user has just created
     */
    static void requireOwn(Path folder, Path own) throws IOException {
        var owner = Files.getOwner(folder).getName();
        var user = Files.getOwner(own).getName();
        if (!owner.equals(user)) {
            throw new CannotRun(
                    "%s belongs to user %s, and PostgreSQL cannot use it when %s starts it: start as %2$s, or name another folder with --data"
                            .formatted(folder, owner, user));
        }
    }

    /** @throws CannotRun when a first start would fill the disk */
    static void requireSpace(Path folder, long free) {
        if (free < FIRST_START_BYTES) {
            throw new CannotRun(
                    "the disk of the data folder %s has %d MB free, and a first start needs %d: free some, or name another with --data"
                            .formatted(folder, free >> 20, FIRST_START_BYTES >> 20));
        }
    }

    /**
     * Starts PostgreSQL and returns when it accepts connections. The caller has checked that the port is free and has
     * stopped an earlier server.
     *
     * @throws CannotRun when it does not start, or is not durable; nothing is left running
     */
    static EmbeddedDatabase start(Path folder, Path programs, int port) {
        return start(folder, programs, port, START_LIMIT);
    }

    static EmbeddedDatabase start(Path folder, Path programs, int port, Duration limit) {
        InitialDatabase.createIfMissing(folder, PostgresPrograms.in(programs));
        var builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setOverrideWorkingDirectory(programs.toFile())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(limit)
                .setLocaleConfig("locale", "C.UTF-8")
                .setPort(port);
        DURABLE.forEach(builder::setServerConfig);
        SMALL.forEach(builder::setServerConfig);
        try {
            return durable(new EmbeddedDatabase(builder.start(), folder));
        } catch (IOException | IllegalStateException | ExceptionInInitializerError e) {
            var problem = new CannotRun(
                    "PostgreSQL does not start over %s: %s; the log has what it reports"
                            .formatted(folder, e.getMessage() == null ? e.getCause() : e.getMessage()),
                    e);
            stopAfter(problem, folder);
            throw problem;
        }
    }

    private static void stopAfter(CannotRun problem, Path folder) {
        try {
            stopEarlier(folder);
        } catch (CannotRun left) {
            problem.addSuppressed(left);
        }
    }

    /** Runs this once when PostgreSQL ends before {@link #close}. */
    void onDeath(Runnable action) {
        Postmaster.over(folder)
                .ifPresent(
                        postmaster -> Thread.ofVirtual().name("postgres-death").start(() -> {
                            postmaster.process().onExit().join();
                            if (!closing) {
                                action.run();
                            }
                        }));
    }

    PostgresTarget target() {
        return new PostgresTarget(
                "jdbc:postgresql://%s:%d/postgres".formatted(LoopbackPorts.LOOPBACK, server.getPort()), USER, "");
    }

    /** Returns the server, or throws {@link CannotRun} with nothing left running. */
    static EmbeddedDatabase durable(EmbeddedDatabase database) {
        try {
            database.requireDurable();
            return database;
        } catch (CannotRun e) {
            database.close();
            throw e;
        }
    }

    private void requireDurable() {
        try (var connection = target().connect();
                var statement = connection.createStatement()) {
            for (var setting : DURABLE.entrySet()) {
                try (var row = statement.executeQuery("SHOW " + setting.getKey())) {
                    row.next();
                    if (!setting.getValue().equals(row.getString(1))) {
                        throw new CannotRun("PostgreSQL runs with %s=%s, so a crash would lose data: it must be %s"
                                .formatted(setting.getKey(), row.getString(1), setting.getValue()));
                    }
                }
            }
        } catch (SQLException e) {
            throw new CannotRun("PostgreSQL does not answer: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            server.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("PostgreSQL did not stop; the next start stops it");
        }
    }
}
