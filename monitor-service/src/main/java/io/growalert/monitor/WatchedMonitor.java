package io.growalert.monitor;

import io.growalert.alerts.Check;
import io.growalert.alerts.CheckContext;
import io.growalert.alerts.CheckResult;
import io.growalert.alerts.Monitor;
import io.growalert.alerts.Run;
import io.growalert.evaluation.threshold.Judge;
import io.growalert.evaluation.threshold.Judgement;
import io.growalert.events.CheckError;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Status;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.SourceException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A definition as a check: asks the source for the window ending at the slot, and judges the answer. What the series came
 * to does not fit through the library's result, so it waits here until the run is over.
 */
final class WatchedMonitor implements Check {
    private static final CheckResult PASSED = CheckResult.passed();
    private static final CheckResult DEGRADED = CheckResult.degraded(new Exception("degraded"));
    private static final CheckResult FAILED = CheckResult.failed();

    private record Judged(Instant slot, Judgement outcome, CheckResult result) {}

    /** The last run that was told, for people to look at. */
    record LastRun(Instant slot, Status status) {}

    private final MonitorDefinition definition;
    private final Sources sources;
    private final Judge judge;
    private final Monitor monitor;
    private volatile @Nullable Judged judged;
    private volatile @Nullable LastRun lastRun;
    private volatile long heldSince;
    private volatile Duration warmUp = Duration.ZERO;
    /** Whether the last run began before its source had answered. */
    private volatile boolean warmingUp;

    private volatile boolean begun;
    private volatile boolean stopped;

    /**
     * @throws NullPointerException or IllegalArgumentException when the definition, though it could be read, lacks
     *     something or makes no sense
     */
    WatchedMonitor(MonitorDefinition definition, Sources sources) {
        Objects.requireNonNull(definition.origin(), "origin is missing");
        Objects.requireNonNull(definition.source(), "source is missing");
        Objects.requireNonNull(definition.query(), "query is missing");
        Objects.requireNonNull(definition.noData(), "noData is missing");
        Objects.requireNonNull(definition.onError(), "onError is missing");
        Limits.exceededBy(definition.labels()).ifPresent(limit -> {
            // every result carries them, so that none would fit a record
            throw new IllegalArgumentException("labels: " + limit);
        });
        this.definition = definition;
        this.sources = sources;
        this.judge = new Judge(definition);
        this.monitor = Monitor.named(definition.id())
                .check(this)
                .every(Objects.requireNonNull(definition.every(), "every is missing"))
                .timeout(Objects.requireNonNull(definition.timeout(), "timeout is missing"))
                .build();
    }

    MonitorDefinition definition() {
        return definition;
    }

    /** What the scheduler runs. */
    Monitor monitor() {
        return monitor;
    }

    /** @param since when, by {@link System#nanoTime}, this instance began to run the monitor, whatever its definition was then */
    void hold(long since, Duration warmUp) {
        this.heldSince = since;
        this.warmUp = warmUp;
    }

    long heldSince() {
        return heldSince;
    }

    /** Whether what its last run came to says more about the start of this instance, or of its source, than about the source. */
    boolean isInWarmUp(Judgement outcome) {
        return warmingUp
                && outcome.error() != null
                && switch (outcome.error().kind()) {
                    case TIMEOUT, SOURCE -> true;
                    case QUERY, VALUE -> false;
                };
    }

    /** It is not to run again, though its last run may still be under way. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    Optional<LastRun> lastRun() {
        return Optional.ofNullable(lastRun);
    }

    @Override
    public CheckResult run(CheckContext context) throws InterruptedException {
        begun = true;
        warmingUp = sources.isWarmingUp(definition.source(), heldSince, warmUp);
        var outcome = ask(context.slot());
        var result =
                switch (outcome.status()) {
                    case PASSED -> PASSED;
                    case DEGRADED -> DEGRADED;
                    case FAILED, NO_DATA -> FAILED;
                };
        judged = new Judged(context.slot(), outcome, result);
        return result;
    }

    private Judgement ask(Instant slot) throws InterruptedException {
        var window = definition.window();
        var from = window == null ? null : slot.minus(window);
        var query =
                new Query(definition.id(), definition.language(), definition.query(), from, slot, definition.timeout());
        try {
            return judge.judge(sources.query(definition.source(), query));
        } catch (SourceException e) {
            return judge.error(e.kind(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            return judge.error(CheckError.Kind.SOURCE, "source %s failed: %s".formatted(definition.source(), e));
        }
    }

    /**
     * What this run came to; empty when an earlier definition of the same monitor ran it, whose judgement no longer counts.
     * As the runs of one name never overlap, that can only be the case until the first run of this one.
     */
    Optional<Judgement> outcomeOf(Run run) {
        if (!begun) {
            return Optional.empty();
        }
        var own = judged;
        judged = null;
        var outcome = own != null && own.slot.equals(run.slot()) && own.result.equals(run.result())
                ? Optional.of(own.outcome)
                : abnormal(run.result());
        outcome.ifPresent(known -> lastRun = new LastRun(run.slot(), known.status()));
        return outcome;
    }

    private Optional<Judgement> abnormal(CheckResult result) {
        if (!(result instanceof CheckResult.Failed failed) || failed.errors().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                failed.isTimeout()
                        ? judge.error(
                                CheckError.Kind.TIMEOUT,
                                "no answer from source %s within %d ms"
                                        .formatted(
                                                definition.source(),
                                                definition.timeout().toMillis()))
                        : judge.error(
                                CheckError.Kind.SOURCE,
                                "the check broke: " + failed.errors().getFirst()));
    }
}
