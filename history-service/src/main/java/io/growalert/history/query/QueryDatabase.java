package io.growalert.history.query;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.runtime.http.CommonProblem;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLState;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Connections for queries only, so that many or slow ones do not keep records from being stored. A query is one read-only
 * transaction at one snapshot: values move from a table to another while they are read.
 */
public final class QueryDatabase implements AutoCloseable {
    /** Of a statement. */
    static final Duration LONGEST = Duration.ofSeconds(20);

    private final HikariDataSource pool;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    /** @param pool of its own, which is closed with this */
    public QueryDatabase(HikariDataSource pool) {
        this(pool, LONGEST);
    }

    QueryDatabase(HikariDataSource pool, Duration longest) {
        this.pool = pool;
        pool.addDataSourceProperty("options", "-c statement_timeout=" + longest.toMillis());
        jdbc = JdbcClient.create(pool);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(pool));
        transaction.setReadOnly(true);
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    }

    /** Of these connections. */
    public JdbcClient jdbc() {
        return jdbc;
    }

    /**
     * Runs a query at one snapshot.
     *
     * @throws org.springframework.web.ErrorResponseException {@code service_unavailable}: it took too long
     */
    public <T extends @Nullable Object> T read(Supplier<T> query) {
        try {
            return transaction.execute(_ -> query.get());
        } catch (DataAccessException e) {
            if (isTimeout(e)) {
                throw CommonProblem.SERVICE_UNAVAILABLE.retryAfter(
                        LONGEST, "the query took longer than %d s; request less".formatted(LONGEST.toSeconds()));
            }
            throw e;
        }
    }

    private static boolean isTimeout(DataAccessException e) {
        return NestedExceptionUtils.getMostSpecificCause(e) instanceof java.sql.SQLException cause
                && PSQLState.QUERY_CANCELED.getState().equals(cause.getSQLState());
    }

    @Override
    public void close() {
        pool.close();
    }
}
