package io.growalert.monitor;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.monitor.source.GuardedSource;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.SourceException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The sources that this instance can ask, by name. They change as the definition files do, while checks run. */
@Component
final class Sources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

    private final Map<String, OpenSource> open = new ConcurrentHashMap<>();
    private final MeterRegistry meters;

    Sources(MeterRegistry meters) {
        this.meters = meters;
    }

    /** From now on these are the sources. One whose definition is the same as before stays open. */
    void replace(Map<String, SourceDefinition> definitions) {
        open.forEach((name, source) -> {
            if (!source.definition().equals(definitions.get(name)) && open.remove(name, source)) {
                source.retire();
                LOG.atInfo().addKeyValue("source", name).log("the source is closed, it is gone or has changed");
            }
        });
        definitions.forEach((name, definition) -> open.computeIfAbsent(name, absent -> opened(name, definition)));
    }

    /** Null when it cannot be opened: its monitors get an error that says so, and those of other sources run. */
    private @Nullable OpenSource opened(String name, SourceDefinition definition) {
        try {
            return new OpenSource(name, definition, meters);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("source", name).log("Source not opened; its monitors have errors");
            return null;
        }
    }

    /**
     * Asks the source of this name; see {@link io.growalert.monitor.source.Source#query}.
     *
     * @throws SourceException also when no source has this name
     */
    List<Row> query(String name, Query query) throws SourceException, InterruptedException {
        var source = open.get(name);
        if (source == null || !source.acquire()) {
            source = open.get(name);
            if (source == null || !source.acquire()) {
                throw new SourceException(CheckError.Kind.SOURCE, "source %s is not configured here".formatted(name));
            }
        }
        try {
            return source.query(query);
        } finally {
            source.release();
        }
    }

    /** As {@link OpenSource#isWarmingUp}; a source that is not open has never answered. */
    boolean isWarmingUp(String name, long since, Duration atMost) {
        var source = open.get(name);
        return source == null ? System.nanoTime() - since < atMost.toNanos() : source.isWarmingUp(since, atMost);
    }

    /** How each source is, by name. */
    Map<String, GuardedSource.State> states() {
        var states = new TreeMap<String, GuardedSource.State>();
        open.forEach((name, source) -> states.put(name, source.state()));
        return states;
    }

    @Override
    public void close() {
        replace(Map.of());
    }
}
