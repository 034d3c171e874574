package io.growalert.monitor.source;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a timeout says about a source: one probe, at a time of its own, answers for all timeouts that came since the last
 * one. When the source answers the probe, the queries were slow and the source is alive; when it does not, each of these timeouts is
 * a failure.
 */
final class TimeoutProbe implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final String name;
    private final Source source;
    private final Consumer<Boolean> decision;
    private int undecided;
    private boolean closed;
    private @Nullable Thread probing;

    /** @param decision called once for each timeout, with whether the source answered */
    TimeoutProbe(String name, Source source, Consumer<Boolean> decision) {
        this.name = name;
        this.source = source;
        this.decision = decision;
    }

    /** Counts one more timeout, which a probe is to decide on. Never waits. */
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
            // an Error too: without a decision the timeouts would stay undecided for good
            return false;
        }
    }

    private synchronized int undecided() {
        return undecided;
    }

    /** True when timeouts came while the probe was under way, for the next one to decide on. */
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
