package io.growalert.monitor.source.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.pool.HikariPool;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.QueryText;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Each query runs in a separate read-only transaction, in the time zone UTC, with the rest of its timeout as {@code
 * statement_timeout}, less a tenth and at most 250 ms. Read-only prevents accidental writes; give the source a role that may only
 * read as well, because functions may have side effects.
 *
 * <p>When the connection is lost silently, the socket timeout ends the wait shortly after the server's timeout.
 */
final class PostgresSource implements Source {
    /** The driver's property for the maximum bytes of an answer, which its error message names. */
    static final String LIMIT_OF_ANSWER = "maxResultBuffer";

    static final String MAX_ANSWER = "64M";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** The maximum wait for a connection before the reason of the failure is determined. */
    private static final long LOOK_MILLIS = 250;
    /** The socket timeout is longer than the server's timeout by this. */
    private static final long GRACE_MILLIS = 250;

    /** The server cancels a query before its timeout by a tenth of the rest, and at most by this. */
    private static final long MAX_AHEAD_MILLIS = 250;

    private static final String SESSION = """
            SELECT set_config('statement_timeout', :timeout, true), set_config('TimeZone', 'UTC', true)
            """;

    private final HikariPool pool;
    private final PostgresProbe probe;

    PostgresSource(PostgresConfig config) {
        var settings = new HikariConfig();
        settings.setPoolName("source " + config.url().replaceFirst("[?].*", ""));
        // not the DriverManager, whose login timeout applies to the whole process
        settings.setDataSourceClassName("org.postgresql.ds.PGSimpleDataSource");
        settings.addDataSourceProperty("url", config.url());
        settings.setUsername(config.username());
        settings.setPassword(
                config.password() == null ? null : config.password().value());
        settings.addDataSourceProperty("applicationName", "growalert");
        settings.addDataSourceProperty("connectTimeout", CONNECT_TIMEOUT.toSeconds());
        settings.addDataSourceProperty(LIMIT_OF_ANSWER, MAX_ANSWER);
        // the text of every query differs by its window, so that preparing it gains nothing
        settings.addDataSourceProperty("prepareThreshold", 0);
        settings.addDataSourceProperty("preparedStatementCacheQueries", 0);
        settings.setMaximumPoolSize(config.pool());
        settings.setMinimumIdle(0);
        settings.setInitializationFailTimeout(-1);
        settings.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        settings.setValidationTimeout(1000);
        settings.setAutoCommit(false);
        settings.setReadOnly(true);
        settings.validate();
        pool = new HikariPool(settings);
        probe = new PostgresProbe(config);
    }

    @Override
    public List<Row> query(Query query) throws SourceException, InterruptedException {
        var deadline = new Deadline(query.timeout());
        var sent = StatementText.render(query);
        try (var connection = connect(deadline)) {
            connection.setNetworkTimeout(Runnable::run, (int) (deadline.millisLeft() + GRACE_MILLIS));
            try {
                return ask(connection, sent, deadline);
            } finally {
                if (!connection.isClosed()) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw failure(e, sent);
        } catch (DataAccessException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw failure(cause, sent);
            }
            throw e;
        }
    }

    @Override
    public void probe(Duration limit) throws SourceException, InterruptedException {
        probe.run(limit);
    }

    private static List<Row> ask(Connection connection, QueryText.Rendered sent, Deadline deadline)
            throws SourceException {
        var jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        jdbc.sql(SESSION)
                .param("timeout", Long.toString(deadline.statementMillis()))
                .query()
                .singleRow();
        var rows = jdbc.sql(sent.text()).withMaxRows(Rows.MAX + 1).query(new Rows());
        if (rows == null) {
            throw new IllegalStateException("a result set is never null");
        }
        return rows.orThrow();
    }

    private Connection connect(Deadline deadline) throws SourceException, InterruptedException {
        while (true) {
            try {
                return pool.getConnection(Math.min(LOOK_MILLIS, deadline.millisLeft()));
            } catch (SQLException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (e.getCause() != null) {
                    throw Failure.connecting(e.getCause());
                }
                if (deadline.passed()) {
                    throw new SourceException(CheckError.Kind.TIMEOUT, "no connection to the database in time", e);
                }
            }
        }
    }

    /** The driver reports an interrupted wait as a broken connection. */
    private static SourceException failure(SQLException e, QueryText.Rendered sent) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return Failure.of(e, sent);
    }

    @Override
    public void close() {
        try {
            pool.shutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Deadline(long nanoTime) {
        Deadline(Duration timeout) {
            this(System.nanoTime() + timeout.toNanos());
        }

        boolean passed() {
            return System.nanoTime() - nanoTime >= 0;
        }

        /**
         * Shorter than the rest, so that the server's cancellation arrives before the caller interrupts the query: only this
         * proves that the server is alive, and frees the query's resources there.
         */
        long statementMillis() {
            long left = millisLeft();
            return Math.max(1, left - Math.min(left / 10, MAX_AHEAD_MILLIS));
        }

        /** At least 1: for PostgreSQL and the driver 0 means no timeout. */
        long millisLeft() {
            return Math.max(1, (nanoTime - System.nanoTime()) / 1_000_000);
        }
    }
}
