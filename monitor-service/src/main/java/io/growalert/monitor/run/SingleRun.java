package io.growalert.monitor.run;

import io.growalert.evaluation.threshold.Judge;
import io.growalert.evaluation.threshold.Judgement;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.SourceConfig;
import io.growalert.monitor.source.SourceException;
import io.growalert.monitor.source.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One run of a monitor outside of any schedule, for operators. Nothing is published or stored.
 *
 * @param rows in the order of the answer
 * @param judgement of the rows; with an error when they are unusable
 * @param took from before the connection to the source until the last row was read
 */
public record SingleRun(Instant slot, List<Row> rows, Judgement judgement, Duration took) {
    public SingleRun {
        rows = List.copyOf(rows);
    }

    /** Answers a query; see {@link io.growalert.monitor.source.Source#query}. */
    private interface Queried {
        List<Row> query(Query query) throws SourceException, InterruptedException;
    }

    /**
     * Opens the source, queries it within the monitor's timeout, and closes it.
     *
     * @throws SourceException when the source is unreachable, rejects the query or times out
     * @throws InterruptedException when this thread is interrupted
     */
    public static SingleRun of(MonitorDefinition definition, SourceConfig config, Instant slot)
            throws SourceException, InterruptedException {
        long start = System.nanoTime();
        try (var source = config.open()) {
            return of(definition, source::query, QueryCheck.query(definition, slot), start);
        } catch (RuntimeException e) {
            throw failed(definition, e);
        }
    }

    /**
     * Queries one of the sources in use, with its limit and circuit breaker, for which the query counts as one of a scheduled run. A
     * query that fails is a judgement with an error.
     *
     * @param atMost when it is shorter than the monitor's timeout, the timeout of this run
     * @throws InterruptedException when this thread is interrupted
     */
    public static SingleRun of(MonitorDefinition definition, Sources sources, Instant slot, Duration atMost)
            throws InterruptedException {
        long start = System.nanoTime();
        var query = QueryCheck.query(definition, slot);
        var limited = query.timeout().compareTo(atMost) > 0 ? query.within(atMost) : query;
        try {
            return of(definition, asked -> sources.query(definition.source(), asked), limited, start);
        } catch (SourceException e) {
            return failed(definition, slot, start, e);
        } catch (RuntimeException e) {
            return failed(definition, slot, start, failed(definition, e));
        }
    }

    private static SingleRun of(MonitorDefinition definition, Queried source, Query query, long start)
            throws SourceException, InterruptedException {
        var rows = source.query(query);
        var took = Duration.ofNanos(System.nanoTime() - start);
        return new SingleRun(query.to(), rows, new Judge(definition).judge(rows), took);
    }

    private static SingleRun failed(MonitorDefinition definition, Instant slot, long start, SourceException failure) {
        var judgement = new Judge(definition).error(failure.kind(), String.valueOf(failure.getMessage()));
        return new SingleRun(slot, List.of(), judgement, Duration.ofNanos(System.nanoTime() - start));
    }

    private static SourceException failed(MonitorDefinition definition, RuntimeException e) {
        return new SourceException(CheckError.Kind.SOURCE, "source %s failed: %s".formatted(definition.source(), e), e);
    }
}
