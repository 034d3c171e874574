package io.growalert.dispatcher.state;

import io.growalert.evaluation.alert.Listening;
import io.growalert.events.AlertEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Metrics of results and transitions. Work of an aborted transaction is repeated, and counted again. */
final class StateMetrics {
    private final MeterRegistry registry;
    private final Counter results;
    private final Counter series;
    private final Counter late;
    private final Counter undefined;
    private final Counter old;
    private final Counter beyondLimit;
    private final Counter labels;
    private final Counter paused;
    private final Counter corrections;
    private final Timer lag;
    private final Timer commits;
    private final Map<AlertEvent.Type, Counter> transitions = new EnumMap<>(AlertEvent.Type.class);

    StateMetrics(MeterRegistry registry) {
        this.registry = registry;
        results = registry.counter("growalert.state.results");
        series = registry.counter("growalert.state.series");
        late = registry.counter("growalert.state.late");
        undefined = registry.counter("growalert.state.ignored", "reason", "undefined");
        old = registry.counter("growalert.state.ignored", "reason", "old");
        beyondLimit = registry.counter("growalert.state.ignored", "reason", "max series");
        labels = registry.counter("growalert.state.ignored", "reason", "labels");
        paused = registry.counter("growalert.state.ignored", "reason", "paused");
        corrections = registry.counter("growalert.state.clock.corrections");
        lag = registry.timer("growalert.state.lag");
        commits = registry.timer("growalert.state.commit");
        for (var type : AlertEvent.Type.values()) {
            transitions.put(type, registry.counter("growalert.state.transitions", "type", type.wire()));
        }
    }

    /**
     * Counts a result, and returns whether it is late.
     *
     * @param waited from the broker's timestamp to now, in milliseconds
     */
    boolean arrived(long waited) {
        results.increment();
        lag.record(Duration.ofMillis(Math.max(0, waited)));
        boolean isLate = waited > Listening.LATE.toMillis();
        if (isLate) {
            late.increment();
        }
        return isLate;
    }

    /** How long commits take. */
    Timer commits() {
        return commits;
    }

    void judged(int count) {
        series.increment(count);
    }

    void ignoredUndefined() {
        undefined.increment();
    }

    void ignoredOld(int count) {
        if (count > 0) {
            old.increment(count);
        }
    }

    void ignoredBeyondLimit(int count) {
        if (count > 0) {
            beyondLimit.increment(count);
        }
    }

    void ignoredPaused() {
        paused.increment();
    }

    void clockCorrected() {
        corrections.increment();
    }

    void ignoredLabels(int count) {
        labels.increment(count);
    }

    void transition(AlertEvent.Type type) {
        var counter = transitions.get(type);
        if (counter != null) {
            counter.increment();
        }
    }

    void deadLetter(String topic) {
        registry.counter("growalert.state.dead.letters", "topic", topic).increment();
    }
}
