package io.growalert.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/** The PostgreSQL server that all tests of this JVM share. It starts at the first use and stops with the JVM. */
final class PostgresServer {
    private static final EmbeddedPostgres POSTGRES = start();
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final ConcurrentMap<String, String> TEMPLATES = new ConcurrentHashMap<>();

    private PostgresServer() {}

    private static EmbeddedPostgres start() {
        try {
            var postgres = EmbeddedPostgres.builder()
                    // it would visit each test's database in turn
                    .setServerConfig("autovacuum", "off")
                    // each new database is a checkpoint, after which whole pages are logged
                    .setServerConfig("full_page_writes", "off")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(postgres)));
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stop(EmbeddedPostgres postgres) {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String url(String database) {
        return POSTGRES.getJdbcUrl("postgres", database);
    }

    static int port() {
        return POSTGRES.getPort();
    }

    /** Creates an empty database and returns its name. */
    static String emptyDatabase() {
        return copyOf("template1");
    }

    /** Creates a database with a service's tables and returns its name. The migrations run once; further databases are copies. */
    static String migratedDatabase(String schema, String location) {
        return copyOf(TEMPLATES.computeIfAbsent(schema, _ -> migratedTemplate(schema, location)));
    }

    private static String migratedTemplate(String schema, String location) {
        var template = copyOf("template1");
        Flyway.configure()
                .dataSource(POSTGRES.getDatabase("postgres", template))
                .schemas(schema)
                .locations(location)
                .load()
                .migrate();
        return template;
    }

    private static String copyOf(String template) {
        var name = "test" + DATABASES.incrementAndGet();
        try (var connection = POSTGRES.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database %s template %s strategy file_copy".formatted(name, template));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return name;
    }
}
