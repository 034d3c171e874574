package io.growalert.monitor.source;

import dev.failsafe.CircuitBreaker;
import io.growalert.events.CheckError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limit and circuit around any source.
 *
 * <p>At most {@code limit} queries run at once; waiting for a place counts against the query's timeout. After
 * {@code failures} consecutive queries that ended in {@code SOURCE} or {@code TIMEOUT} the circuit opens: for
 * {@code delay}, everybody is told at once with the last reason. Then one query tries again, and its outcome decides. A
 * refused query ({@code QUERY}) is an answer and closes the circuit as a good one does; a query that found no place did
 * not ask the source and does not count.
 */
public final class GuardedSource implements Source {
    /** How many consecutive failures open the circuit, unless told otherwise. */
    public static final int FAILURES = 5;

    /** How long an open circuit stays open before the source is tried again, unless told otherwise. */
    public static final Duration DELAY = Duration.ofSeconds(10);

    private final String name;
    private final Source source;
    private final int limit;
    private final Semaphore places;
    private final CircuitBreaker<Void> circuit;
    private volatile @Nullable String lastFailure;

    /**
     * As it is now, for health and metrics.
     *
     * @param circuitOpen the source is not asked, or only tried
     * @param lastFailure the last reason, null once the source has answered since
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
        places = new Semaphore(limit, true);
        circuit = CircuitBreaker.<Void>builder()
                .withFailureThreshold(failures)
                .withSuccessThreshold(1)
                .withDelay(delay)
                .build();
    }

    @Override
    public List<Row> query(Query query) throws SourceException, InterruptedException {
        long deadline = System.nanoTime() + query.timeout().toNanos();
        if (circuit.isOpen() && circuit.getRemainingDelay().isPositive()) {
            throw notAsked();
        }
        if (!places.tryAcquire(query.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
            throw atLimit();
        }
        try {
            var left = Duration.ofNanos(deadline - System.nanoTime());
            if (!left.isPositive()) {
                throw atLimit();
            }
            if (!circuit.tryAcquirePermit()) {
                throw notAsked();
            }
            return ask(query.within(left));
        } finally {
            places.release();
        }
    }

    private List<Row> ask(Query query) throws SourceException, InterruptedException {
        boolean answered = false;
        try {
            var rows = source.query(query);
            answered = true;
            return rows;
        } catch (SourceException e) {
            answered = e.kind() == CheckError.Kind.QUERY;
            if (!answered) {
                lastFailure = e.getMessage();
            }
            throw e;
        } catch (InterruptedException e) {
            // Whoever interrupts a query does so at the end of its time: a source that hangs must count as failing.
            lastFailure = "no answer in time";
            throw e;
        } catch (RuntimeException e) {
            lastFailure = e.toString();
            throw e;
        } finally {
            if (answered) {
                circuit.recordSuccess();
                lastFailure = null;
            } else {
                circuit.recordFailure();
            }
        }
    }

    public String name() {
        return name;
    }

    public State state() {
        return new State(
                !circuit.isClosed(), limit - places.availablePermits(), places.getQueueLength(), limit, lastFailure);
    }

    @Override
    public void close() {
        source.close();
    }

    private SourceException atLimit() {
        return new SourceException(
                CheckError.Kind.SOURCE, "source %s is at its limit of %d queries".formatted(name, limit));
    }

    private SourceException notAsked() {
        var reason = lastFailure;
        return new SourceException(
                CheckError.Kind.SOURCE,
                "source %s is not asked for now, it kept failing%s"
                        .formatted(name, reason == null ? "" : ": " + reason));
    }
}
