package io.growalert.monitor.run;

import io.growalert.alerts.Check;
import io.growalert.alerts.CheckContext;
import io.growalert.alerts.CheckOutcome;
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
import io.growalert.monitor.source.Sources;
import io.growalert.runtime.entitlement.CustomerPauses;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A definition as a check: queries the source for the window that ends at the slot, and judges the rows. The judgement is the detail
 * of the outcome, with which it reaches {@link RunListener}.
 */
public final class QueryCheck implements Check {
    private static final CheckOutcome PASSED = CheckOutcome.passed();
    private static final CheckOutcome DEGRADED = CheckOutcome.degraded(new Exception("degraded"));
    private static final CheckOutcome FAILED = CheckOutcome.failed();
    private static final CheckOutcome SKIPPED = CheckOutcome.passed().withDetail(Skipped.PAUSED);

    /** The detail of a run that did not query its source. */
    private enum Skipped {
        PAUSED
    }

    /** The last run, for operators. */
    public record LastRun(Instant slot, Status status) {}

    private final MonitorDefinition definition;
    private final Sources sources;
    private final CustomerPauses pauses;
    private final Judge judge;
    private final Monitor monitor;
    private volatile @Nullable LastRun lastRun;
    private volatile long assignedSince;
    private volatile Duration warmUp = Duration.ZERO;
    /** Whether the last run started before its source had answered once. */
    private volatile boolean warmingUp;

    private volatile boolean replaced;
    private volatile boolean removed;

    /**
     * @param pauses which customers' monitors are paused
     * @throws NullPointerException or IllegalArgumentException when the definition is readable JSON but incomplete or invalid
     */
    QueryCheck(MonitorDefinition definition, Sources sources, CustomerPauses pauses) {
        Objects.requireNonNull(definition.origin(), "origin is missing");
        Objects.requireNonNull(definition.source(), "source is missing");
        Objects.requireNonNull(definition.query(), "query is missing");
        Objects.requireNonNull(definition.noData(), "noData is missing");
        Objects.requireNonNull(definition.onError(), "onError is missing");
        Limits.exceededBy(definition.labels()).ifPresent(limit -> {
            // every result carries them, so that none would fit into a record
            throw new IllegalArgumentException("labels: " + limit);
        });
        this.definition = definition;
        this.sources = sources;
        this.pauses = pauses;
        this.judge = new Judge(definition);
        this.monitor = Monitor.named(definition.id())
                .check(this)
                .every(Objects.requireNonNull(definition.every(), "every is missing"))
                .timeout(Objects.requireNonNull(definition.timeout(), "timeout is missing"))
                .build();
    }

    public MonitorDefinition definition() {
        return definition;
    }

    /** The monitor for the scheduler. */
    Monitor monitor() {
        return monitor;
    }

    /** @param since by {@link System#nanoTime}, when the monitor was assigned to this instance, under whatever definition */
    void assigned(long since, Duration atMost) {
        this.assignedSince = since;
        this.warmUp = atMost;
    }

    long assignedSince() {
        return assignedSince;
    }

    /** Another definition of the same monitor takes its place: the run in progress is not published. */
    void replace() {
        replaced = true;
    }

    boolean isReplaced() {
        return replaced;
    }

    /** The monitor does not run here any more; the run in progress is still published. */
    void remove() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }

    public Optional<LastRun> lastRun() {
        return Optional.ofNullable(lastRun);
    }

    /** Whether it queries nothing at its slots, since its customer's subscription has ended. */
    public boolean isPaused() {
        return pauses.isPaused(definition.customer());
    }

    /** Whether a completed run was one of a paused monitor, and has no result. */
    static boolean isSkipped(Run run) {
        return run.outcome().detail().orElse(null) == Skipped.PAUSED;
    }

    @Override
    public CheckOutcome run(CheckContext context) throws InterruptedException {
        if (isPaused()) {
            return SKIPPED;
        }
        warmingUp = sources.isWarmingUp(definition.source(), assignedSince, warmUp);
        var judgement = query(context.slot());
        var outcome =
                switch (judgement.status()) {
                    case PASSED -> PASSED;
                    case DEGRADED -> DEGRADED;
                    case FAILED, NO_DATA -> FAILED;
                };
        return outcome.withDetail(judgement);
    }

    /** The query of the run at this slot. */
    static Query query(MonitorDefinition definition, Instant slot) {
        var window = definition.window();
        var from = window == null ? null : slot.minus(window);
        return new Query(definition.id(), definition.language(), definition.query(), from, slot, definition.timeout());
    }

    private Judgement query(Instant slot) throws InterruptedException {
        try {
            return judge.judge(sources.query(definition.source(), query(definition, slot)));
        } catch (SourceException e) {
            return judge.error(e.kind(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            return judge.error(CheckError.Kind.SOURCE, "source %s failed: %s".formatted(definition.source(), e));
        }
    }

    /** The judgement of a completed run: the outcome's detail, or an error when the run timed out or threw. */
    Judgement conclude(Run run) {
        var judgement = run.outcome().detail().orElse(null) instanceof Judgement given ? given : error(run.outcome());
        lastRun = new LastRun(run.slot(), judgement.status());
        return judgement;
    }

    private Judgement error(CheckOutcome outcome) {
        if (outcome instanceof CheckOutcome.Failed failed && failed.isTimeout()) {
            var message = "no answer from source %s within %d ms"
                    .formatted(definition.source(), definition.timeout().toMillis());
            return judge.error(CheckError.Kind.TIMEOUT, message);
        }
        var cause = outcome instanceof CheckOutcome.Failed failed
                        && !failed.errors().isEmpty()
                ? failed.errors().getFirst()
                : outcome;
        return judge.error(CheckError.Kind.SOURCE, "the check broke: " + cause);
    }

    /** Whether this judgement of the last run may be due to the start of this instance, or of its source. */
    boolean isInWarmUp(Judgement judgement) {
        return warmingUp
                && judgement.error() != null
                && switch (judgement.error().kind()) {
                    case TIMEOUT, SOURCE -> true;
                    case QUERY, VALUE -> false;
                };
    }
}
