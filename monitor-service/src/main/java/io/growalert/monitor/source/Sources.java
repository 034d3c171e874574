package io.growalert.monitor.source;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open sources by name. They change with the definition files while checks run. */
public final class Sources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

    private final Map<String, OpenSource> open = new ConcurrentHashMap<>();
    private final MeterRegistry meters;

    public Sources(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Replaces the sources. One with an unchanged definition stays open. */
    public void replace(Map<String, SourceDefinition> definitions) {
        open.forEach((name, source) -> {
            if (!source.definition().equals(definitions.get(name)) && open.remove(name, source)) {
                source.retire();
                LOG.atInfo().addKeyValue("source", name).log("Source closed; removed or changed");
            }
        });
        definitions.forEach((name, definition) -> open.computeIfAbsent(name, absent -> opened(name, definition)));
    }

    /** Null when it cannot be opened: its monitors end in an error, and those of other sources run. */
    private @Nullable OpenSource opened(String name, SourceDefinition definition) {
        try {
            return new OpenSource(name, definition, meters);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("source", name).log("Source not opened; its monitors have errors");
            return null;
        }
    }

    /**
     * Queries the source of this name; see {@link Source#query}.
     *
     * @throws SourceException also when no source has this name
     */
    public List<Row> query(String name, Query query) throws SourceException, InterruptedException {
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

    /** As {@link OpenSource#isWarmingUp}; a source that is not open has never responded. */
    public boolean isWarmingUp(String name, long since, Duration atMost) {
        var source = open.get(name);
        return source == null ? System.nanoTime() - since < atMost.toNanos() : source.isWarmingUp(since, atMost);
    }

    /** The state of each source, by name. */
    public Map<String, GuardedSource.State> states() {
        var states = new TreeMap<String, GuardedSource.State>();
        open.forEach((name, source) -> states.put(name, source.state()));
        return states;
    }

    @Override
    public void close() {
        replace(Map.of());
    }
}
