package io.growalert.standalone;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
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
    private static final String USER = "postgres";

    /** Recovery after a kill may take a while; an immediate failure is in the log before this time limit. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** The library starts PostgreSQL with the first two off: faster, and nothing survives a crash. */
    private static final Map<String, String> DURABLE = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on");

    private static final Map<String, String> SMALL = Map.of(
            "listen_addresses", LoopbackPorts.LOOPBACK,
            "unix_socket_directories", "",
            "max_connections", "100",
            "shared_buffers", "32MB",
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
     * Starts PostgreSQL and returns when it accepts connections. The caller has checked that the port is free and has
     * stopped an earlier server.
     *
     * @throws CannotRun when it does not start, or is not durable
     */
    static EmbeddedDatabase start(Path folder, Path programs, int port) {
        var builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setOverrideWorkingDirectory(programs.toFile())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(START_LIMIT)
                .setLocaleConfig("locale", "C.UTF-8")
                .setPort(port);
        DURABLE.forEach(builder::setServerConfig);
        SMALL.forEach(builder::setServerConfig);
        try {
            return durable(new EmbeddedDatabase(builder.start(), folder));
        } catch (IOException | IllegalStateException e) {
            throw new CannotRun("PostgreSQL does not start over %s: %s".formatted(folder, e.getMessage()), e);
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
