package io.growalert.billing.reconcile;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.support.JdbcUtils;

/** A lock of the database's that one instance has at a time, for as long as it keeps a connection. */
final class OneAtATime {
    private static final Logger LOG = LoggerFactory.getLogger(OneAtATime.class);

    private static final String LOCK =
            "select pg_try_advisory_lock(hashtextextended('growalert.billing.reconcile', 0))";
    private static final String UNLOCK =
            "select pg_advisory_unlock(hashtextextended('growalert.billing.reconcile', 0))";

    private final DataSource database;

    OneAtATime(DataSource database) {
        this.database = database;
    }

    /** Ours until it is closed. */
    static final class Held implements AutoCloseable {
        private final Connection connection;

        private Held(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void close() {
            try {
                isTrue(connection, UNLOCK);
            } catch (SQLException e) {
                // the lock ended with the connection
                LOG.atWarn().setCause(e).log("The lock of the reconciliation was lost before its end");
            } finally {
                JdbcUtils.closeConnection(connection);
            }
        }
    }

    /**
     * Empty when somebody else has it.
     *
     * @throws CannotGetJdbcConnectionException when the database is away
     */
    Optional<Held> take() {
        Connection connection = null;
        try {
            connection = database.getConnection();
            if (isTrue(connection, LOCK)) {
                return Optional.of(new Held(connection));
            }
        } catch (SQLException e) {
            JdbcUtils.closeConnection(connection);
            throw new CannotGetJdbcConnectionException("the lock cannot be asked for", e);
        }
        JdbcUtils.closeConnection(connection);
        return Optional.empty();
    }

    private static boolean isTrue(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() && rows.getBoolean(1);
        }
    }
}
