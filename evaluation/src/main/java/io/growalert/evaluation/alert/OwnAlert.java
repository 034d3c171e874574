package io.growalert.evaluation.alert;

import io.growalert.events.AlertCause;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.Status;
import io.growalert.events.StorableText;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The alert of the monitor itself: its runs end in an error, it never returned a row, rows or series exceed a limit, or it sends
 * nothing. There is one incident at a time: while one cause makes it fire, another changes nothing. Except for silence, which has
 * a separate limit, it fires only after trouble for at least {@code delay}, independent of the policy.
 */
final class OwnAlert {
    private final String monitor;
    private final AlertJournal journal;
    private final Duration delay;
    private final String alert;
    private AlertState state = AlertState.WELL;
    private Instant last = Instant.EPOCH;
    private @Nullable Instant generation;
    private @Nullable Instant heard;
    /** The slot since which no result has passed; in memory only, since counting may restart. */
    private @Nullable Instant troubleSince;

    private @Nullable HeldBack heldBack;
    private boolean isRestored;
    /** The instance that published the last result; in memory only, since it is for the grouping of notifications alone. */
    private String publisher = AlertCause.UNKNOWN;

    /** A firing that only waits for the delay: the observation, and the time of listening at its arrival. */
    private record HeldBack(Observation seen, Duration arrived) {}

    OwnAlert(String monitor, AlertJournal journal, Duration delay, @Nullable SavedAlert saved) {
        this.monitor = monitor;
        this.journal = journal;
        this.delay = delay;
        this.alert = Ids.alert(monitor);
        if (saved != null) {
            state = saved.state();
            last = saved.changed();
            generation = saved.generation();
            heard = saved.heard();
            troubleSince = state instanceof AlertState.Failing failing ? failing.since() : null;
            isRestored = true;
        }
    }

    /**
     * Returns false when the run's slot was judged before.
     *
     * @param hasSeries whether the monitor has series already
     * @param ignored new series that were ignored because of the monitor's limit
     * @param arrived the time of listening
     */
    boolean observe(CheckResult run, boolean hasSeries, int ignored, Duration arrived, CompiledDefinition by) {
        var slot = run.slot();
        if (!slot.isAfter(last)) {
            return false;
        }
        var before = last;
        last = slot;
        publisher = run.instance() == null ? AlertCause.UNKNOWN : run.instance();
        heldBack = null;
        isRestored = false;
        var seen = observation(run, hasSeries, ignored, by);
        if (!seen.failed()) {
            troubleSince = null;
        } else if (troubleSince == null || isInterrupted(before, slot, by)) {
            troubleSince = slot;
        }
        if (seen.why() == null && state.equals(AlertState.WELL)) {
            return true;
        }
        switch (state) {
            case AlertState.Judged known -> judge(known, seen, arrived, by);
            case AlertState.Silent silent -> {
                publish(silent.heard(slot), instance(), by);
                if (slot.isAfter(silent.notified())) {
                    judge(AlertState.WELL, seen, arrived, by);
                } else {
                    // the slot is part of an incident's id, and up to here the silence may have used it
                    last = silent.notified();
                    become(AlertState.WELL);
                }
            }
        }
        return true;
    }

    /** Whether too many slots are missing between the two to know the state in between. */
    private static boolean isInterrupted(Instant before, Instant slot, CompiledDefinition by) {
        var expected =
                by.definition().every().multipliedBy(3).plus(by.definition().timeout());
        return Duration.between(before, slot).compareTo(expected) > 0;
    }

    private void judge(AlertState.Judged known, Observation seen, Duration arrived, CompiledDefinition by) {
        var decision = known.observe(seen, by.policy());
        if (fires(decision) && !hasLasted(seen.slot())) {
            heldBack = new HeldBack(seen, arrived);
            become(held(known, seen, by));
        } else {
            follow(decision, by);
        }
    }

    private static boolean fires(Decision decision) {
        return decision.transition() != null && decision.transition().type() == AlertEvent.Type.FIRING;
    }

    private boolean hasLasted(Instant slot) {
        return troubleSince == null || Duration.between(troubleSince, slot).compareTo(delay) >= 0;
    }

    /** Failing, counted up to the limit of the policy. */
    private static AlertState held(AlertState.Judged known, Observation seen, CompiledDefinition by) {
        return known instanceof AlertState.Failing failing
                ? new AlertState.Failing(
                        Math.min(failing.count() + 1, by.policy().after()), failing.since(), null)
                : new AlertState.Failing(1, seen.slot(), null);
    }

    private void follow(Decision decision, CompiledDefinition by) {
        var dated = decision.in(generation);
        if (dated.transition() != null) {
            publish(dated.transition(), source(by), by);
        }
        become(dated.next() == null ? AlertState.WELL : dated.next());
    }

    private static Observation observation(CheckResult run, boolean hasSeries, int ignored, CompiledDefinition by) {
        var slot = run.slot();
        if (run.error() != null) {
            var status = by.definition().onError().status();
            return new Observation(slot, status, null, Reasons.error(run.error()));
        }
        if (run.dropped() != null) {
            return new Observation(slot, Status.FAILED, null, Reasons.dropped(run.dropped()));
        }
        if (ignored > 0) {
            var why = Reasons.beyondLimit(ignored, by.definition().seriesLimit());
            return new Observation(slot, Status.FAILED, null, why);
        }
        if (hasSeries || !run.series().isEmpty()) {
            return new Observation(slot, Status.PASSED, null, null);
        }
        var status = by.definition().noData().status();
        return new Observation(slot, status == Status.FAILED ? Status.NO_DATA : status, null, Reasons.NO_ROW);
    }

    /**
     * Fires after the delay where no run can end the trouble before. A monitor with a shorter interval is decided by its
     * results.
     */
    void passDelay(Duration time, CompiledDefinition by) {
        if (isRestored) {
            isRestored = false;
            heldBack = heldBackBeforeRestart(time, by);
        }
        var held = heldBack;
        if (held != null
                && by.definition().every().compareTo(delay) > 0
                && time.minus(held.arrived).compareTo(delay) >= 0
                && state instanceof AlertState.Failing) {
            heldBack = null;
            var seen = held.seen;
            last = seen.slot().plus(delay);
            var why = Reasons.failed(by.policy(), seen.why());
            follow(AlertState.Firing.fired(new Observation(last, seen.status(), seen.value(), why), why), by);
        }
    }

    private @Nullable HeldBack heldBackBeforeRestart(Duration time, CompiledDefinition by) {
        return state instanceof AlertState.Failing failing
                        && by.policy().failingFor() == null
                        && failing.count() >= by.policy().after()
                ? new HeldBack(new Observation(last, Status.FAILED, null, Reasons.BEFORE_RESTART), time)
                : null;
    }

    /** No result arrived until the deadline, which has passed. */
    void silent(Instant deadline, Instant now, CompiledDefinition by) {
        var repeat = by.policy().repeat();
        if (by.isAhead(latest(), now)) {
            restart(now); // reminders of a clock that ran ahead would wait until that time
        }
        switch (state) {
            case AlertState.Firing firing ->
                firing.remindedBy(now, repeat).ifPresent(reminded -> {
                    publish(reminded.reminder(by.patience()), source(by), by);
                    become(reminded);
                });
            case AlertState.Calm _, AlertState.Failing _ -> {
                var silent = AlertState.Silent.from(deadline, generation);
                publish(silent.fired(by.patience()), instance(), by);
                become(silent);
            }
            case AlertState.Silent silent ->
                silent.remindedBy(now, repeat).ifPresent(reminded -> {
                    publish(reminded.reminder(by.patience()), instance(), by);
                    become(reminded);
                });
        }
    }

    void reset() {
        heldBack = null;
        isRestored = false;
        troubleSince = null;
        become(state.reset());
    }

    /** The clock ran ahead and was corrected at this instant: slots up to {@link #latest} repeat. */
    void restart(Instant at) {
        heldBack = null;
        troubleSince = null;
        generation = at;
        last = Instant.EPOCH;
        state = state.restarted(at);
        save();
    }

    /** The latest slot that was judged, or used by an event; {@link Instant#EPOCH} when there is none. */
    Instant latest() {
        var taken =
                switch (state) {
                    case AlertState.Calm _, AlertState.Failing _ -> Instant.EPOCH;
                    case AlertState.Firing firing -> firing.notified();
                    case AlertState.Silent silent -> silent.notified();
                };
        return last.isAfter(taken) ? last : taken;
    }

    /** The current generation of the clock; null for the first. */
    @Nullable
    Instant generation() {
        return generation;
    }

    /** The stored arrival of the last judged result. */
    Optional<Instant> heard() {
        return Optional.ofNullable(heard);
    }

    void storeHeard(Instant at) {
        heard = at;
        save();
    }

    String alert() {
        return alert;
    }

    /** Ends an open incident for this reason. */
    void end(Instant at, String reason, CompiledDefinition by) {
        heldBack = null;
        var cause = state instanceof AlertState.Silent ? instance() : source(by);
        state.ended(at, reason).ifPresent(transition -> publish(transition, cause, by));
        become(AlertState.WELL);
    }

    /** Deletes everything, except the slots used by event ids where a clock ran ahead of this instant. */
    void forget(Instant at, Instant latestSlot) {
        boolean namesAreTaken = generation != null || latestSlot.isAfter(at);
        journal.save(
                monitor,
                AlertJournal.OWN,
                namesAreTaken ? new SavedAlert(Map.of(), AlertState.WELL, latestSlot, generation, null) : null);
    }

    private void publish(Transition transition, AlertCause cause, CompiledDefinition by) {
        journal.publish(by.event(alert, Map.of(), transition, generation, cause));
    }

    private AlertCause instance() {
        return new AlertCause(AlertCause.Kind.INSTANCE, StorableText.of(publisher));
    }

    private static AlertCause source(CompiledDefinition by) {
        return new AlertCause(
                AlertCause.Kind.SOURCE, StorableText.of(by.definition().source()));
    }

    private void become(AlertState next) {
        if (!next.equals(state)) {
            state = next;
            save();
        }
    }

    private void save() {
        journal.save(monitor, AlertJournal.OWN, new SavedAlert(Map.of(), state, last, generation, heard));
    }
}
