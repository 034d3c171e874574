package io.growalert.monitor.source;

import dev.failsafe.CircuitBreaker;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limit and circuit breaker around any source.
 *
 * <p>At most {@code limit} queries run at once, with permits of {@link QueryPermits}; waiting counts against the query's
 * timeout. After {@code failures} consecutive queries without an answer the circuit breaker opens: for {@code delay}, every query
 * is rejected at once with the last reason. Then one trial query decides. A rejection or cancellation by the source is an answer, as
 * rows are. After other timeouts a probe decides ({@link TimeoutProbe}), after the query and outside of its time. A query without a
 * permit did not reach the source and does not count.
 */
public final class GuardedSource implements Source {
    /** How many consecutive failures open the circuit breaker by default. */
    public static final int FAILURES = 5;

    /** How long the circuit breaker stays open before a trial query, by default. */
    public static final Duration DELAY = Duration.ofSeconds(10);

    private final String name;
    private final Source source;
    private final int limit;
    private final QueryPermits permits;
    private final CircuitBreaker<Void> circuit;
    private final TimeoutProbe timeoutProbe;
    private volatile @Nullable String lastFailure;

    /**
     * The current state, for health and metrics.
     *
     * @param circuitOpen no query is sent, or only a trial query
     * @param lastFailure the reason of the last failure; null after a success
     */
    public record State(
            boolean circuitOpen,
            int running,
            int waiting,
            int limit,
            @Nullable String lastFailure) {}

    public GuardedSource(String name, Source source, int limit) {
        this(name, source, limit, FAILURES, DELAY);
    }

    public GuardedSource(String name, Source source, int limit, int failures, Duration delay) {
        this.name = name;
        this.source = source;
        this.limit = limit;
        permits = new QueryPermits(limit);
        circuit = CircuitBreaker.<Void>builder()
                .withFailureThreshold(failures)
                .withSuccessThreshold(1)
                .withDelay(delay)
                .build();
        timeoutProbe = new TimeoutProbe(name, source, this::decided);
    }

    @Override
    public List<Row> query(Query query) throws SourceException, InterruptedException {
        long deadline = System.nanoTime() + query.timeout().toNanos();
        if (circuit.isOpen() && circuit.getRemainingDelay().isPositive()) {
            throw rejected();
        }
        var permit = permits.take(query.monitor(), query.timeout());
        if (permit == null) {
            throw atLimit();
        }
        try {
            var left = Duration.ofNanos(deadline - System.nanoTime());
            if (!left.isPositive()) {
                throw atLimit();
            }
            if (!circuit.tryAcquirePermit()) {
                throw rejected();
            }
            return ask(query.within(left), permit);
        } finally {
            permit.release();
        }
    }

    private List<Row> ask(Query query, QueryPermits.Permit permit) throws SourceException, InterruptedException {
        try {
            var rows = source.query(query);
            permit.queried(false);
            answered();
            return rows;
        } catch (SourceException e) {
            boolean timedOut = e.kind() == CheckError.Kind.TIMEOUT;
            permit.queried(timedOut);
            if (e.isAnswer()) {
                answered();
            } else if (timedOut) {
                timedOut(String.valueOf(e.getMessage()));
            } else {
                failed(String.valueOf(e.getMessage()));
            }
            throw e;
        } catch (InterruptedException e) {
            // a query is interrupted at the end of its timeout
            permit.queried(true);
            timedOut("no answer in time");
            throw e;
        } catch (RuntimeException | Error e) {
            permit.queried(false);
            failed(e.toString());
            throw e;
        }
    }

    private void answered() {
        circuit.recordSuccess();
        lastFailure = null;
    }

    private void failed(String reason) {
        lastFailure = reason;
        circuit.recordFailure();
    }

    private void timedOut(String reason) {
        lastFailure = reason;
        timeoutProbe.timedOut();
    }

    private void decided(boolean alive) {
        if (alive) {
            answered();
        } else {
            circuit.recordFailure();
        }
    }

    public String name() {
        return name;
    }

    public State state() {
        return new State(!circuit.isClosed(), permits.running(), permits.waiting(), limit, lastFailure);
    }

    @Override
    public void probe(Duration limit) throws SourceException, InterruptedException {
        source.probe(limit);
    }

    @Override
    public void close() {
        timeoutProbe.close();
        source.close();
    }

    private SourceException atLimit() {
        return new SourceException(
                CheckError.Kind.SOURCE, "source %s is at its limit of %d queries".formatted(name, limit));
    }

    private SourceException rejected() {
        var reason = lastFailure;
        return new SourceException(
                CheckError.Kind.SOURCE,
                "source %s: circuit breaker open after consecutive failures%s"
                        .formatted(name, reason == null ? "" : ": " + reason));
    }
}
