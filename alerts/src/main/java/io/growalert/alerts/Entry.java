package io.growalert.alerts;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The place of one name in the {@link Schedule}, whose lock guards it. It outlives its monitor while a run is under way, so
 * that whatever comes next under this name does not overlap with that.
 */
final class Entry {
    final String name;

    /** Null once removed. */
    @Nullable
    Monitor monitor;

    /** Set from the hand-over to the end of a run; the entry waits for its next slot otherwise. */
    @Nullable
    Execution execution;

    /** The key in the {@link Agenda} that holds this entry, and the place in it. */
    long due;

    int index = -1;

    /** Milliseconds, as all times here. */
    private static final long PASSED_OVER = 1_000;

    private static final long LONGEST_SPREAD = 30_000;

    private Timetable timetable;
    private RunHistory history = RunHistory.NONE;

    /** Every slot up to this one was handed over, or counted as missed; milliseconds since the epoch. */
    private long counted;

    private long missed;

    /** Whether its late run was given a time, see {@link #lateStart}. */
    private boolean isSpread;

    private @Nullable CompletableFuture<Void> idle;

    Entry(Monitor monitor, Timetable timetable, long now) {
        this.name = monitor.name();
        this.monitor = monitor;
        this.timetable = timetable;
        this.counted = now;
    }

    void replace(Monitor successor, Timetable itsTimetable, long now) {
        revokeQueued();
        if (monitor != null) {
            missed += timetable.slotsBetween(counted, now + 1);
        }
        monitor = successor;
        timetable = itsTimetable;
        history = RunHistory.NONE;
        counted = Math.max(counted, now);
    }

    void remove() {
        revokeQueued();
        monitor = null;
        missed = 0;
    }

    /** The next slot to wait for; those that went by are missed. */
    long nextSlot(long now) {
        isSpread = false;
        if (timetable.startsAnew(counted, now)) {
            counted = now;
        }
        long next = timetable.slotAfter(Math.max(now, counted));
        missed += timetable.slotsBetween(counted, next);
        counted = Math.max(counted, next - timetable.interval());
        return next;
    }

    /** Whether a pause, or a clock set forward, kept it from its slot. */
    boolean wasPassedOver(long now) {
        return now - due > PASSED_OVER && !isSpread;
    }

    /**
     * When to start the run of the latest slot after slots were passed over: half of all monitors would start at once
     * otherwise. The earlier the slot the sooner, all within a quarter of the interval and half a minute, and none so late
     * that it would be missed for that.
     */
    long lateStart(long now) {
        isSpread = true;
        long late = now - (timetable.slotAfter(now) - timetable.interval());
        long quarter = timetable.interval() / 4;
        return now + Math.max(0, quarter - late / 2) * Math.min(quarter, LONGEST_SPREAD) / Math.max(1, quarter);
    }

    /** The run of the latest slot, or null when it is too late even for that; the slots slept over are missed. */
    @Nullable
    Execution handOver(long now) {
        long latest = timetable.slotAfter(now) - timetable.interval();
        missed += timetable.slotsBetween(counted, latest);
        counted = latest;
        if (monitor == null || timetable.isTooLate(latest, now)) {
            missed++;
            return null;
        }
        isSpread = false;
        execution = new Execution(this, monitor, latest, missed, timetable, history);
        missed = 0;
        return execution;
    }

    /** A run that has not begun will not; its slot is missed. */
    void revokeQueued() {
        if (execution != null && execution.state == Execution.State.QUEUED) {
            execution.state = Execution.State.REVOKED;
            missed += execution.missed + 1;
            execution = null;
        }
    }

    /** Takes over what a run has led to, unless another monitor has come since; answers who waits for this. */
    @Nullable
    CompletableFuture<Void> end(Execution over) {
        execution = null;
        if (over.monitor.equals(monitor)) {
            history = over.nextHistory;
            if (!over.nextTimetable.equals(timetable)) {
                timetable = over.nextTimetable;
                counted = Math.max(counted, timetable.base());
            }
        }
        var waiting = idle;
        idle = null;
        return waiting;
    }

    /** Completes when no run is under way. */
    CompletionStage<Void> whenIdle() {
        if (execution == null) {
            return CompletableFuture.completedStage(null);
        }
        if (idle == null) {
            idle = new CompletableFuture<>();
        }
        return idle.minimalCompletionStage();
    }
}
