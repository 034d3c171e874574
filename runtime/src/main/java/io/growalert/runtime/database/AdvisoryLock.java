package io.growalert.runtime.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A session-level advisory lock of PostgreSQL, which one session of the database holds at a time. Work that only the holder
 * may do runs on {@link Held#jdbc}, the connection that holds the lock: an instance that lost the lock cannot change another
 * row. Of a machine that is gone, a pool of {@link Database} releases it after 25 s. See <a href="https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS">advisory locks</a>.
 */
public final class AdvisoryLock {
    private static final Logger LOG = LoggerFactory.getLogger(AdvisoryLock.class);

    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

    private final DataSource database;
    private final String acquire;

    private AdvisoryLock(DataSource database, String key) {
        this.database = database;
        this.acquire = "select pg_try_advisory_lock(%s)".formatted(key);
    }

    /** A lock named by two numbers; these never collide with locks by one. */
    public static AdvisoryLock of(DataSource database, int first, int second) {
        return new AdvisoryLock(database, "%d, %d".formatted(first, second));
    }

    /** A lock named by a text without quotes, of which PostgreSQL hashes 64 bits. */
    public static AdvisoryLock of(DataSource database, String name) {
        if (!name.matches("[a-z.-]+")) {
            throw new IllegalArgumentException("a lock's name has only a-z, '.' and '-', not " + name);
        }
        return new AdvisoryLock(database, "hashtextextended('%s', 0)".formatted(name));
    }

    /**
     * Empty while another session holds it.
     *
     * @throws DataAccessException when the database is unreachable
     */
    public Optional<Held> acquire() {
        var held = new Held(DataSourceUtils.getConnection(database));
        boolean acquired = false;
        try {
            held.connection.setNetworkTimeout(Runnable::run, (int) STATEMENT_TIMEOUT.toMillis());
            acquired = held.jdbc.sql(acquire).query(Boolean.class).single();
            return acquired ? Optional.of(held) : Optional.empty();
        } catch (SQLException e) {
            throw new UncategorizedSQLException("acquiring an advisory lock", acquire, e);
        } finally {
            if (!acquired) {
                held.close();
            }
        }
    }

    /** The lock, until it is closed or its connection breaks. */
    public static final class Held implements AutoCloseable {
        private final Connection connection;
        private final JdbcClient jdbc;

        private Held(Connection connection) {
            this.connection = connection;
            this.jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        }

        /** On the connection that holds the lock; a statement takes at most 30 s. */
        public JdbcClient jdbc() {
            return jdbc;
        }

        /** Releases the lock. */
        @Override
        public void close() {
            try (connection) {
                unlock();
            } catch (SQLException e) {
                LOG.atDebug().setCause(e).log("Connection of an advisory lock was closed already");
            }
        }

        private void unlock() throws SQLException {
            try {
                jdbc.sql("select pg_advisory_unlock_all()").query(row -> {});
            } catch (DataAccessException e) {
                LOG.atWarn().setCause(e).log("Advisory lock was lost before its release");
                // the lock ends with the connection, so the connection must end
                connection.abort(Runnable::run);
            }
        }
    }
}
