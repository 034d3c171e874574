package io.growalert.dispatcher.state;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.Status;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The alert of the monitor itself: its runs end in an error, it never returned a row, or it sends nothing. There is one at
 * a time; while one of these keeps it firing, another changes nothing.
 */
final class OwnAlert {
    private final String monitor;
    private final Journal journal;
    private final String alert;
    private AlertState state = AlertState.WELL;
    private Instant last = Instant.EPOCH;

    OwnAlert(String monitor, Journal journal, @Nullable SavedAlert saved) {
        this.monitor = monitor;
        this.journal = journal;
        this.alert = Ids.alert(monitor);
        if (saved != null) {
            state = saved.state();
            last = saved.changed();
        }
    }

    /** Returns false when the run's slot was judged before. */
    boolean observe(CheckResult run, boolean hasSeries, CompiledDefinition by) {
        var slot = run.slot();
        if (!slot.isAfter(last)) {
            return false;
        }
        last = slot;
        boolean well = run.error() == null && (hasSeries || !run.series().isEmpty());
        if (well && state.equals(AlertState.WELL)) {
            return true;
        }
        var seen = observation(run, well, by);
        switch (state) {
            case AlertState.Judged known -> judge(known, seen, by);
            case AlertState.Silent silent -> {
                tell(silent.heard(slot), by);
                if (slot.isAfter(silent.told())) {
                    judge(AlertState.WELL, seen, by);
                } else {
                    // an incident is named by its slot, and up to here that name may be taken by the silence
                    last = silent.told();
                    become(AlertState.WELL);
                }
            }
        }
        return true;
    }

    private void judge(AlertState.Judged known, Observation seen, CompiledDefinition by) {
        var decision = known.observe(seen, by.policy());
        if (decision.transition() != null) {
            tell(decision.transition(), by);
        }
        become(decision.next() == null ? AlertState.WELL : decision.next());
    }

    private static Observation observation(CheckResult run, boolean well, CompiledDefinition by) {
        var slot = run.slot();
        if (run.error() != null) {
            var status = by.definition().onError().status();
            return new Observation(slot, status, null, Reasons.error(run.error()));
        }
        if (well) {
            return new Observation(slot, Status.PASSED, null, null);
        }
        var status = by.definition().noData().status();
        return new Observation(slot, status == Status.FAILED ? Status.NO_DATA : status, null, Reasons.NO_ROW);
    }

    /** Nothing came until the deadline, and it is past. */
    void silent(Instant deadline, Instant now, CompiledDefinition by) {
        switch (state) {
            case AlertState.Firing _ -> {}
            case AlertState.Calm _, AlertState.Failing _ -> {
                var silent = AlertState.Silent.from(deadline);
                tell(silent.fired(by.patience()), by);
                become(silent);
            }
            case AlertState.Silent silent ->
                silent.remindedBy(now, by.policy().repeat()).ifPresent(reminded -> {
                    tell(reminded.reminder(by.patience()), by);
                    become(reminded);
                });
        }
    }

    void reset() {
        become(state.reset());
    }

    /** The last slot that is known to have been judged, {@link Instant#EPOCH} when there is none. */
    Instant last() {
        return last;
    }

    Optional<AlertEvent> removed(Instant at, CompiledDefinition by) {
        return state.removed(at).map(transition -> by.event(alert, Map.of(), transition));
    }

    private void tell(Transition transition, CompiledDefinition by) {
        journal.tell(by.event(alert, Map.of(), transition));
    }

    private void become(AlertState next) {
        if (!next.equals(state)) {
            state = next;
            journal.save(monitor, Journal.OWN, new SavedAlert(Map.of(), next, last));
        }
    }
}
