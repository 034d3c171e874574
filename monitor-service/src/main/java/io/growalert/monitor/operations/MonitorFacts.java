package io.growalert.monitor.operations;

import io.growalert.events.SeriesResult;
import io.growalert.events.SystemMonitor;
import io.growalert.monitor.publish.ResultSender;
import io.growalert.monitor.source.GuardedSource;
import io.growalert.monitor.source.Sources;
import io.growalert.runtime.InstanceFolder;
import io.growalert.runtime.selfwatch.DiskUsage;
import io.growalert.runtime.selfwatch.SystemFact;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** What the monitor-service reports to the system monitors. */
public final class MonitorFacts {
    /** From this on the buffer counts as full, in percent. */
    private static final double FULL = 80;

    private MonitorFacts() {}

    public static List<SystemFact> of(InstanceFolder data, Sources sources, ResultSender results) {
        var instance = data.instanceId();
        var drops = new Drops(System::nanoTime);
        return List.of(
                new SystemFact(SystemMonitor.SOURCE_CIRCUITS, () -> openCircuits(instance, sources.states())),
                new SystemFact(
                        SystemMonitor.RESULT_BUFFER,
                        () -> List.of(buffer(instance, results.filledPercent(), drops.recent(results.dropped())))),
                DiskUsage.of(SystemMonitor.MONITOR_DISK, instance, data.path()));
    }

    /** One series for each source whose circuit breaker is open. */
    static List<SeriesResult> openCircuits(String instance, Map<String, GuardedSource.State> states) {
        return states.entrySet().stream()
                .filter(source -> source.getValue().circuitOpen())
                .map(source -> SystemFact.failed(
                        Map.of("source", source.getKey(), "instance", instance), 1L, "circuit breaker open"))
                .toList();
    }

    /** @param dropped the runs dropped recently */
    static SeriesResult buffer(String instance, double percent, long dropped) {
        var labels = Map.of("instance", instance);
        if (dropped > 0) {
            return SystemFact.failed(labels, percent, "%d runs dropped: the buffer was full".formatted(dropped));
        }
        return percent >= FULL
                ? SystemFact.failed(labels, percent, "buffer of results at least %.0f %% full".formatted(FULL))
                : SystemFact.passed(labels, percent);
    }

    /** The dropped runs, which are reported for a while: the results of a service that drops them hardly arrive. */
    static final class Drops {
        private static final long RECENT = Duration.ofMinutes(10).toNanos();

        private final LongSupplier nanoTime;
        private long before;
        private long counted;
        private long lastAt;

        Drops(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
        }

        /** How many were dropped until the last pause of ten minutes. */
        synchronized long recent(long dropped) {
            long now = nanoTime.getAsLong();
            if (dropped > counted) {
                counted = dropped;
                lastAt = now;
            } else if (now - lastAt > RECENT) {
                before = counted;
            }
            return counted - before;
        }
    }
}
