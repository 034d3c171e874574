package io.growalert.evaluation.alert;

import io.growalert.events.CheckResult;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which parts of a monitor's latest runs have arrived. A run whose parts do not all arrive is never complete; it is
 * given up when a later one is, or when too many are open.
 */
final class Runs {
    private static final int MOST_OPEN = 8;

    private final TreeMap<Instant, Run> open = new TreeMap<>();
    private Instant complete = Instant.EPOCH;

    /** The parts of one run that have arrived, and how many of its series were judged at its slot. */
    private static final class Run {
        final Set<Integer> parts = new HashSet<>();
        int judged;
    }

    /** Takes note of a part. */
    Progress arrived(CheckResult result, int judged) {
        var slot = result.slot();
        if (!slot.isAfter(complete)) {
            return new Progress(false, judged);
        }
        if (result.parts() == 1) {
            completed(slot);
            return new Progress(true, judged);
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
        return new Progress(all, run.judged);
    }

    private void completed(Instant slot) {
        complete = slot;
        open.headMap(slot, true).clear();
    }

    /** Slots up to the latest come again. */
    void restart() {
        open.clear();
        complete = Instant.EPOCH;
    }

    /** Gives up what is open: after a change of the definition the parts of one run were not judged alike. */
    void forgetOpen() {
        open.clear();
    }

    /**
     * @param complete whether this part made its run complete
     * @param judged how many series were judged at the run's slot
     */
    record Progress(boolean complete, int judged) {}
}
