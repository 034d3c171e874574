package io.growalert.evaluation.alert;

import io.growalert.events.CheckResult;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The arrived parts of a monitor's latest runs. A run with missing parts is never complete; it is dropped when a later run is
 * complete, or when too many are incomplete.
 */
final class Runs {
    private static final int MOST_OPEN = 8;

    private final TreeMap<Instant, Run> open = new TreeMap<>();
    private Instant complete = Instant.EPOCH;
    /** Of the first run since the start; the last slots of healthy series are not stored, and unknown before it. */
    private @Nullable Instant first;

    /** The parts of one run that have arrived, and how many of its series were judged at its slot. */
    private static final class Run {
        final Set<Integer> parts = new HashSet<>();
        int judged;
    }

    /** Adds a part. */
    Completeness arrived(CheckResult result, int judged) {
        var slot = result.slot();
        first = first == null ? slot : first;
        if (!slot.isAfter(complete)) {
            return new Completeness(false, judged);
        }
        if (result.parts() == 1) {
            completed(slot);
            return new Completeness(true, judged);
        }
        var run = open.computeIfAbsent(slot, _ -> new Run());
        run.parts.add(result.part());
        run.judged += judged;
        boolean all = run.parts.size() >= result.parts();
        if (all) {
            completed(slot);
        } else if (open.size() > MOST_OPEN) {
            open.pollFirstEntry();
        }
        return new Completeness(all, run.judged);
    }

    private void completed(Instant slot) {
        complete = slot;
        open.headMap(slot, true).clear();
    }

    /**
     * Whether a series is absent that the complete run of this slot does not have. Several instances may publish the results of a
     * pushed monitor, each with its own series at its own slots: there it is absent after the monitor's time for silence.
     */
    boolean isAbsent(SeriesState series, Instant slot, CompiledDefinition by) {
        if (!by.definition().pushed() || first == null) {
            return true;
        }
        var since = AlertState.latest(series.last(), first);
        return Duration.between(since, slot).compareTo(by.patience()) > 0;
    }

    /** Slots up to the latest repeat. */
    void restart() {
        first = null;
        open.clear();
        complete = Instant.EPOCH;
    }

    /** Drops incomplete runs: after a change of the definition their parts were judged differently. */
    void forgetOpen() {
        first = null;
        open.clear();
    }

    /**
     * @param complete whether this part made its run complete
     * @param judged how many series were judged at the run's slot
     */
    record Completeness(boolean complete, int judged) {}
}
