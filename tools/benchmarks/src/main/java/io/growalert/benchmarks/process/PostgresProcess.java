package io.growalert.benchmarks.process;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A separate PostgreSQL with the settings of the standalone's: durable. It can be stopped and restarted. */
public final class PostgresProcess implements AutoCloseable {
    private static final Map<String, String> SETTINGS = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "listen_addresses", "127.0.0.1",
            "unix_socket_directories", "",
            "max_connections", "100",
            "shared_buffers", "128MB",
            "max_wal_size", "256MB");

    private final Path folder;
    private final int port;
    private @Nullable EmbeddedPostgres server;

    private PostgresProcess(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    public static PostgresProcess start(Path folder, int port) throws IOException, SQLException {
        var postgres = new PostgresProcess(folder, port);
        postgres.startAgain();
        postgres.requireDurable();
        return postgres;
    }

    public void startAgain() throws IOException {
        Files.createDirectories(folder);
        var builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setOverrideWorkingDirectory(folder.resolve("programs").toFile())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(true)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setLocaleConfig("locale", "C.UTF-8")
                .setPort(port);
        SETTINGS.forEach(builder::setServerConfig);
        server = builder.start();
    }

    public int port() {
        return port;
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres".formatted(port, database);
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database));
    }

    public void createDatabase(String name) throws SQLException {
        try (var connection = connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
    }

    /** User and system time of its processes that live now, in seconds: clients that stay connected are in it. */
    public double cpuSeconds() throws IOException {
        var lines = Files.readAllLines(folder.resolve("data").resolve("postmaster.pid"));
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .mapToDouble(ChildProcess::cpuSeconds)
                .sum();
    }

    private void requireDurable() throws SQLException {
        try (var connection = connect("postgres");
                var statement = connection.createStatement()) {
            for (var setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                try (var row = statement.executeQuery("show " + setting)) {
                    row.next();
                    if (!row.getString(1).equals("on")) {
                        throw new IllegalStateException("PostgreSQL runs without " + setting);
                    }
                }
            }
        }
    }

    /** Ends it without waiting for its clients; what was committed stays. */
    public void stop() throws IOException {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
