package io.growalert.monitor.source;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether timeouts are failures of the source: one probe, after the queries, decides for all timeouts since the last one.
 * When the probe succeeds, the queries were slow and the source is alive; when it fails, each of these timeouts is a failure.
 */
final class TimeoutProbe implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final String name;
    private final Source source;
    private final Consumer<Boolean> decision;
    private int undecided;
    private boolean closed;
    private @Nullable Thread probing;

    /** @param decision called once for each timeout, with whether the probe succeeded */
    TimeoutProbe(String name, Source source, Consumer<Boolean> decision) {
        this.name = name;
        this.source = source;
        this.decision = decision;
    }

    /** Counts a timeout for the next probe. Does not block. */
    synchronized void timedOut() {
        undecided++;
        if (probing == null && !closed) {
            probing = Thread.ofVirtual().name("growalert-probe-" + name).start(this::probe);
        }
    }

    private void probe() {
        boolean more = true;
        while (more) {
            int begun = undecided();
            boolean answered = answers();
            more = decide(begun, answered);
        }
    }

    private boolean answers() {
        try {
            source.probe(LIMIT);
            return true;
        } catch (Throwable e) {
            // also for an Error: without a decision the timeouts would stay undecided forever
            return false;
        }
    }

    private synchronized int undecided() {
        return undecided;
    }

    /** True when timeouts occurred during the probe, for the next one to decide. */
    private synchronized boolean decide(int timeouts, boolean answered) {
        undecided -= timeouts;
        for (int i = 0; i < timeouts; i++) {
            decision.accept(answered);
        }
        if (undecided > 0 && !closed) {
            return true;
        }
        probing = null;
        return false;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (probing != null) {
            probing.interrupt();
        }
    }
}
