package io.growalert.testkit;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One test's own database on the PostgreSQL server that all tests of this JVM share. A service's module extends it with a name for
 * the database that has the service's tables.
 */
public class TestPostgres implements AutoCloseable {
    private final String name;
    private final String url;
    private final HikariDataSource pool = new HikariDataSource();
    /** One for all, or statements would not take part in the transactions. */
    private final DataSource reachable = new Interruptible(pool);

    private volatile BooleanSupplier refusing = () -> false;

    /** An empty database. */
    public TestPostgres() {
        this(PostgresServer.emptyDatabase());
    }

    /**
     * A database with the tables of a service.
     *
     * @param location of the migrations, as Flyway understands it
     */
    protected TestPostgres(String schema, String location) {
        this(PostgresServer.migratedDatabase(schema, location));
    }

    private TestPostgres(String name) {
        this.name = name;
        url = PostgresServer.url(name);
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(16);
        // each is a process of PostgreSQL, and most tests need one or two
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(2_000);
    }

    public final String name() {
        return name;
    }

    public final String url() {
        return url;
    }

    /** Where the server listens, on 127.0.0.1. */
    public static int port() {
        return PostgresServer.port();
    }

    /** The pool alone, which {@link #refuseWhen} does not affect. */
    public final HikariDataSource pool() {
        return pool;
    }

    /** What {@link #jdbc} and {@link #transaction} use, and {@link #refuseWhen} closes. */
    public final DataSource dataSource() {
        return reachable;
    }

    public final JdbcClient jdbc() {
        return JdbcClient.create(reachable);
    }

    public final TransactionOperations transaction() {
        return new TransactionTemplate(new DataSourceTransactionManager(reachable));
    }

    /** From now on a connection is refused whenever the condition holds. */
    public final void refuseWhen(BooleanSupplier condition) {
        refusing = condition;
    }

    @Override
    public void close() {
        pool.close();
    }

    private final class Interruptible extends DelegatingDataSource {
        Interruptible(DataSource pool) {
            super(pool);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (refusing.getAsBoolean()) {
                throw new SQLException("the database is down", "08001");
            }
            return super.getConnection();
        }
    }
}
