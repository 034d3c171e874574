package io.growalert.billing;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** A database of its own on the one PostgreSQL that all tests of this JVM share. */
public final class TestDatabase implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String url;
    private final HikariDataSource pool = new HikariDataSource();
    /** One for all, or statements would not take part in the transactions. */
    private final DataSource reachable = reachable();

    private volatile BooleanSupplier refusing = () -> false;

    private static final class Server {
        static final EmbeddedPostgres POSTGRES = started();

        private static EmbeddedPostgres started() {
            try {
                var postgres = EmbeddedPostgres.builder().start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres)));
                return postgres;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void close(EmbeddedPostgres postgres) {
            try {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private TestDatabase(String name) {
        url = Server.POSTGRES.getJdbcUrl("postgres", name);
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(16);
        pool.setConnectionTimeout(2_000);
    }

    /** Migrated once, and copied for each that needs the tables. */
    private static final class Template {
        static final String NAME = migrated();

        private static String migrated() {
            create("template_migrated", "template1");
            Flyway.configure()
                    .dataSource(Server.POSTGRES.getDatabase("postgres", "template_migrated"))
                    .schemas("billing")
                    .locations("classpath:db/billing-service")
                    .load()
                    .migrate();
            return "template_migrated";
        }
    }

    /** An empty one. */
    public static TestDatabase empty() {
        return copyOf("template1");
    }

    /** One with billing's tables. */
    public static TestDatabase migrated() {
        return copyOf(Template.NAME);
    }

    private static TestDatabase copyOf(String template) {
        var name = "test" + NUMBER.incrementAndGet();
        create(name, template);
        return new TestDatabase(name);
    }

    private static void create(String name, String template) {
        try (var connection = Server.POSTGRES.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database %s template %s".formatted(name, template));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public String url() {
        return url;
    }

    public HikariDataSource pool() {
        return pool;
    }

    /** The one that {@link #jdbc} and {@link #transaction} use, and that {@link #refuseWhen} closes. */
    public DataSource dataSource() {
        return reachable;
    }

    public JdbcClient jdbc() {
        return JdbcClient.create(reachable);
    }

    public TransactionOperations transaction() {
        return new TransactionTemplate(new DataSourceTransactionManager(reachable));
    }

    /** From now on a connection is refused whenever the condition holds. */
    public void refuseWhen(BooleanSupplier condition) {
        refusing = condition;
    }

    private DataSource reachable() {
        return new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
                if (refusing.getAsBoolean()) {
                    throw new SQLException("the database is down", "08001");
                }
                return super.getConnection();
            }
        };
    }

    @Override
    public void close() {
        pool.close();
    }
}
