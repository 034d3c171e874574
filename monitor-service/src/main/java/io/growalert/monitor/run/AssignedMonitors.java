package io.growalert.monitor.run;

import io.growalert.alerts.MonitorListener;
import io.growalert.alerts.Monitors;
import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.source.Sources;
import io.growalert.runtime.entitlement.CustomerPauses;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The monitors of all assigned partitions: runs each on its slots as a {@link QueryCheck}. */
public final class AssignedMonitors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AssignedMonitors.class);

    private final Map<String, QueryCheck> checks = new ConcurrentHashMap<>();
    private final Sources sources;
    private final CustomerPauses pauses;
    private final Duration grace;
    private final Duration warmUp;
    private final Monitors scheduler;

    /**
     * @param runs receives every completed run
     * @param pauses which customers' monitors are paused
     * @param grace how long removed monitors may finish their runs
     */
    public AssignedMonitors(
            Sources sources,
            MonitorListener runs,
            CustomerPauses pauses,
            Duration grace,
            Duration warmUp,
            InstantSource clock,
            MeterRegistry meters) {
        this.sources = sources;
        this.pauses = pauses;
        this.grace = grace;
        this.warmUp = warmUp;
        meters.gauge("growalert.monitors.held", checks, Map::size);
        meters.gauge("growalert.monitors.paused", checks, AssignedMonitors::paused);
        this.scheduler = Monitors.builder()
                .listener(runs)
                .clock(clock)
                .gracePeriod(grace)
                .start();
    }

    /** The check of a definition, not scheduled yet; throws when the definition is invalid. */
    public QueryCheck check(MonitorDefinition definition) {
        return new QueryCheck(definition, sources, pauses);
    }

    private static long paused(Map<String, QueryCheck> checks) {
        return checks.values().stream().filter(QueryCheck::isPaused).count();
    }

    /** Whether it is known which monitors are paused; none may be scheduled before. */
    public boolean isReady() {
        return pauses.isReady();
    }

    /** Runs this check from its next slot on, instead of the monitor's previous check. */
    public void schedule(QueryCheck check) {
        var id = check.definition().id();
        var current = checks.get(id);
        boolean runs = current != null && !current.isRemoved();
        if (current != null && runs && current.definition().equals(check.definition())) {
            return;
        }
        check.assigned(current != null && runs ? current.assignedSince() : System.nanoTime(), warmUp);
        if (current != null) {
            current.replace();
        }
        checks.put(id, check);
        scheduler.replace(check.monitor());
    }

    /** No run of these monitors starts after this; waits for those in progress, for the grace period at most. */
    public void remove(Collection<String> ids) {
        var removed = ids.stream().map(this::remove).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(removed).get(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.atWarn().log("Runs of revoked partitions are still in progress after the grace period");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a run cannot be exceptional", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No run of this monitor starts after this; completes when none is in progress. */
    public CompletableFuture<Void> remove(String id) {
        var check = checks.get(id);
        if (check == null) {
            return CompletableFuture.completedFuture(null);
        }
        check.remove();
        return scheduler.remove(id).thenRun(() -> checks.remove(id, check)).toCompletableFuture();
    }

    /** Why no monitor runs although the service does; empty while the scheduler makes progress. */
    public Optional<String> stalled() {
        var idle = scheduler.sinceLastPass();
        return idle.compareTo(Progress.LIMIT) > 0
                ? Optional.of("the scheduler made no progress for %d s".formatted(idle.toSeconds()))
                : Optional.empty();
    }

    public Optional<QueryCheck> find(String id) {
        return Optional.ofNullable(checks.get(id));
    }

    public Collection<QueryCheck> all() {
        return checks.values();
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
