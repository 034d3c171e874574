package io.growalert.monitor;

import io.growalert.alerts.MonitorListener;
import io.growalert.alerts.Monitors;
import io.growalert.alerts.Run;
import io.growalert.evaluation.threshold.Judgement;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Status;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Runs the monitors that this instance holds, and hands on what each run came to. */
@Component
final class HeldMonitors implements MonitorListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeldMonitors.class);
    /** An error of the warm-up is left out only where the next run is due this soon. */
    private static final Duration MAY_WAIT = Duration.ofMinutes(5);

    private final Map<String, WatchedMonitor> held = new ConcurrentHashMap<>();
    private final Sources sources;
    private final ResultSender results;
    private final Duration grace;
    private final Duration warmUp;
    private final Monitors monitors;
    private final Map<Status, Counter> runs = new EnumMap<>(Status.class);
    private final Counter missed;
    private final Counter warmUpRuns;
    private final Counter rowsDropped;
    private final Counter rowsWithoutValue;
    private final Counter unencodable;
    private final Timer startDelay;

    HeldMonitors(
            Sources sources,
            ResultSender results,
            MonitorServiceSettings settings,
            InstantSource clock,
            MeterRegistry meters) {
        this.sources = sources;
        this.results = results;
        this.grace = settings.grace();
        this.warmUp = settings.warmUp();
        for (var status : Status.values()) {
            runs.put(
                    status,
                    meters.counter("growalert.runs", "status", status.name().toLowerCase(Locale.ROOT)));
        }
        this.warmUpRuns = meters.counter("growalert.runs.warmup");
        this.missed = meters.counter("growalert.slots.missed");
        this.rowsDropped = meters.counter("growalert.rows.dropped");
        this.rowsWithoutValue = meters.counter("growalert.rows.without.value");
        this.unencodable = meters.counter("growalert.results.unencodable");
        this.startDelay = Timer.builder("growalert.run.start.delay")
                .description("from a slot to the start of its run")
                .publishPercentiles(0.5, 0.99)
                .register(meters);
        meters.gauge("growalert.monitors.held", held, Map::size);
        this.monitors = Monitors.builder()
                .listener(this)
                .clock(clock)
                .gracePeriod(grace)
                .start();
    }

    /** A definition as what can be run here; throws when it makes no sense. */
    WatchedMonitor watch(MonitorDefinition definition) {
        return new WatchedMonitor(definition, sources);
    }

    /** From its next slot on this monitor runs, in the place of the one of its name if there is one. */
    void run(WatchedMonitor monitor) {
        var id = monitor.definition().id();
        var current = held.get(id);
        if (current == null || current.isStopped() || !current.definition().equals(monitor.definition())) {
            monitor.hold(current == null || current.isStopped() ? System.nanoTime() : current.heldSince(), warmUp);
            held.put(id, monitor);
            monitors.replace(monitor.monitor());
        }
    }

    /** No run of these monitors starts after this; waits for those under way, for the grace period at most. */
    void stop(Collection<String> ids) {
        var over = ids.stream().map(this::stop).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(over).get(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.atWarn().log("Runs of monitors that another instance takes over are still in progress");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a run under way cannot end in an exception", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As for several, without waiting. */
    CompletableFuture<Void> stop(String id) {
        var watched = held.get(id);
        if (watched == null) {
            return CompletableFuture.completedFuture(null);
        }
        watched.stop();
        return monitors.remove(id).thenRun(() -> held.remove(id, watched)).toCompletableFuture();
    }

    /** Why no monitor runs, though the service does; empty while the scheduler makes progress. */
    Optional<String> stalled() {
        var idle = monitors.sinceLastPass();
        return idle.compareTo(Progress.LIMIT) > 0
                ? Optional.of("the scheduler made no progress for %d s".formatted(idle.toSeconds()))
                : Optional.empty();
    }

    Collection<WatchedMonitor> all() {
        return held.values();
    }

    @Override
    public void ran(Run run) {
        var watched = held.get(run.monitor());
        var outcome = watched == null ? null : watched.outcomeOf(run).orElse(null);
        if (watched == null || outcome == null) {
            return;
        }
        if (watched.isInWarmUp(outcome) && watched.definition().every().compareTo(MAY_WAIT) <= 0) {
            warmUpRuns.increment();
            return;
        }
        count(run, outcome);
        var encoded = RunEncoder.encode(watched.definition(), run, outcome);
        if (!encoded.whole()) {
            unencodable.increment();
            LOG.atError()
                    .addKeyValue("monitorId", run.monitor())
                    .log(
                            encoded.run().isPresent()
                                    ? "Series too large for a record; run published as an error"
                                    : "Monitor's labels too large for a record; run lost");
        }
        encoded.run().ifPresent(results::send);
    }

    private void count(Run run, Judgement outcome) {
        Objects.requireNonNull(runs.get(outcome.status())).increment();
        rowsWithoutValue.increment((double) outcome.withoutValue());
        if (outcome.dropped() != null) {
            rowsDropped.increment((double) outcome.dropped().rows());
        }
        if (run.missedSlots() > 0) {
            missed.increment((double) run.missedSlots());
        }
        startDelay.record(Duration.between(run.slot(), run.startedAt()));
    }

    @Override
    public void close() {
        monitors.close();
    }
}
