package io.growalert.monitor.run;

import io.growalert.evaluation.threshold.Judge;
import io.growalert.evaluation.threshold.Judgement;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.source.SourceConfig;
import io.growalert.monitor.source.SourceException;
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
            var rows = source.query(QueryCheck.query(definition, slot));
            var took = Duration.ofNanos(System.nanoTime() - start);
            return new SingleRun(slot, rows, new Judge(definition).judge(rows), took);
        } catch (RuntimeException e) {
            throw new SourceException(
                    CheckError.Kind.SOURCE, "source %s failed: %s".formatted(definition.source(), e), e);
        }
    }
}
