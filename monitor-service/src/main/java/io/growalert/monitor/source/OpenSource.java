package io.growalert.monitor.source;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.runtime.loop.Waiter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A source in use. Queries wait for the first successful probe, for 10 s at most: a source whose connection is being established must
 * not look like one that is down. Once retired it accepts no query and closes after the last one.
 */
final class OpenSource {
    /** Added to the number of users when the source is retired. */
    private static final int RETIRED = 1 << 30;

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PROBE_AGAIN_AFTER = Duration.ofMillis(250);

    private final SourceDefinition definition;
    private final GuardedSource source;
    private final String name;
    private final MeterRegistry meters;
    private final Timer answered;
    private final AtomicInteger users = new AtomicInteger();
    private final long openedAt = System.nanoTime();
    private final CountDownLatch connected = new CountDownLatch(1);
    private final Waiter retired = new Waiter();
    private final Thread connecting;
    /** The last successful query; null before the first. */
    private volatile @Nullable Long answeredAt;

    OpenSource(String name, SourceDefinition definition, MeterRegistry meters) {
        this.name = name;
        this.definition = definition;
        this.source = new GuardedSource(
                name,
                definition.config().open(),
                Math.min(definition.limit(), definition.config().connections()));
        this.meters = meters;
        this.answered = calls("answered");
        this.connecting = Thread.ofVirtual().name("growalert-connect-" + name).start(this::connect);
    }

    private void connect() {
        try {
            while (!respondsToProbe() && System.nanoTime() - openedAt < CONNECT_WITHIN.toNanos()) {
                if (retired.await(PROBE_AGAIN_AFTER)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            // retired
        } finally {
            connected.countDown();
        }
    }

    private boolean respondsToProbe() throws InterruptedException {
        try {
            source.probe(PROBE_TIMEOUT);
            return true;
        } catch (SourceException | RuntimeException e) {
            return false;
        }
    }

    SourceDefinition definition() {
        return definition;
    }

    GuardedSource.State state() {
        return source.state();
    }

    /** Prevents closing until {@link #release}; false when it is retired. */
    boolean acquire() {
        return users.getAndUpdate(now -> now >= RETIRED ? now : now + 1) < RETIRED;
    }

    void release() {
        if (users.decrementAndGet() == RETIRED) {
            source.close();
        }
    }

    void retire() {
        retired.wake();
        connecting.interrupt();
        if (users.getAndUpdate(now -> now >= RETIRED ? now : now + RETIRED) == 0) {
            source.close();
        }
    }

    List<Row> query(Query query) throws SourceException, InterruptedException {
        long start = System.nanoTime();
        try {
            var rows = source.query(whenConnected(query, start));
            answeredAt = System.nanoTime();
            answered.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            return rows;
        } catch (SourceException e) {
            calls(e.kind().name().toLowerCase(Locale.ROOT)).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            throw e;
        }
    }

    private Query whenConnected(Query query, long start) throws SourceException, InterruptedException {
        if (connected.getCount() == 0) {
            return query;
        }
        boolean inTime = connected.await(query.timeout().toNanos(), TimeUnit.NANOSECONDS);
        var left = query.timeout().minusNanos(System.nanoTime() - start);
        if (!inTime || !left.isPositive()) {
            throw new SourceException(CheckError.Kind.TIMEOUT, "source %s is not connected yet".formatted(name));
        }
        return query.within(left);
    }

    /**
     * Whether no query has succeeded since it was opened and since {@code since}, which is at most {@code atMost} ago.
     *
     * @param since by {@link System#nanoTime}
     */
    boolean isWarmingUp(long since, Duration atMost) {
        long from = since - openedAt > 0 ? since : openedAt;
        var last = answeredAt;
        return System.nanoTime() - from < atMost.toNanos() && (last == null || last - from < 0);
    }

    private Timer calls(String outcome) {
        return meters.timer("growalert.source.calls", "source", name, "outcome", outcome);
    }
}
