package io.growalert.monitor.source;

import io.growalert.evaluation.threshold.Row;
import java.time.Duration;
import java.util.List;

/** An open source. Many threads may query it at once. */
public interface Source extends AutoCloseable {
    /** The maximum number of rows of an answer, of any kind of source. */
    int MAX_ROWS = 100_000;

    /**
     * Queries and waits for the whole answer, at most for the query's timeout. For virtual threads, whose interruption ends a
     * network wait at once; on a platform thread it may last until the timeout.
     *
     * @return one row per series, in the order of the answer; empty when nothing matched
     * @throws SourceException when the query failed, with the reason; also when the answer is too large
     * @throws InterruptedException when the thread was interrupted while it waited
     */
    List<Row> query(Query query) throws SourceException, InterruptedException;

    /**
     * Checks that the source responds, independent of the load of running queries. It uses no connection that a query may
     * need.
     *
     * @param limit the timeout; positive
     * @throws SourceException when the source does not respond
     */
    void probe(Duration limit) throws SourceException, InterruptedException;

    /** Closes all connections; running queries fail. May be called more than once. */
    @Override
    void close();
}
