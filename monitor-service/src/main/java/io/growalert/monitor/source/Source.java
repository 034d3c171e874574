package io.growalert.monitor.source;

import io.growalert.evaluation.threshold.Row;
import java.time.Duration;
import java.util.List;

/** An open source. It may be asked by many threads at once. */
public interface Source extends AutoCloseable {
    /** The most rows of an answer, of any kind of source. */
    int MAX_ROWS = 100_000;

    /**
     * Asks and waits for the whole answer, at most for the query's timeout. Made for virtual threads, whose interruption
     * ends a wait on the network at once; on a platform thread it may last until the timeout.
     *
     * @return one row per series, in the order of the answer; empty when nothing matched
     * @throws SourceException when there is no answer, with the reason; an answer that is too large is one, too
     * @throws InterruptedException when the thread was interrupted while it waited
     */
    List<Row> query(Query query) throws SourceException, InterruptedException;

    /**
     * Returns when the source answered, whatever the load of the queries that run. It uses no connection that a query may
     * need.
     *
     * @param limit how long the answer may take; positive
     * @throws SourceException when there was no answer
     */
    void probe(Duration limit) throws SourceException, InterruptedException;

    /** Lets go of all connections; queries that still run fail. May be called more than once. */
    @Override
    void close();
}
