package io.growalert.alerts;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The entry of one name in the {@link Scheduler}, whose lock guards it. It outlives its monitor while a run is in progress, so
 * that the next monitor of this name does not overlap with that run.
 */
final class Entry {
    final String name;

    /** Null once removed. */
    @Nullable
    Monitor monitor;

    /** Set from the hand-over to the end of a run; the entry waits for its next slot otherwise. */
    @Nullable
    Execution execution;

    /** The key in the {@link Agenda} that holds this entry, and the index in it. */
    long due;

    int index = -1;

    /** In milliseconds, as all times here. */
    private static final long PASSED_OVER = 1_000;

    private static final long LONGEST_SPREAD = 30_000;

    private Timetable timetable;
    private RunHistory history = RunHistory.NONE;

    /** Every slot up to this one was handed over, or counted as missed; milliseconds since the epoch. */
    private long counted;

    private long missed;

    /** Whether its late run was scheduled, see {@link #lateStart}. */
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

    /** Between its slots, in milliseconds. */
    long interval() {
        return timetable.interval();
    }

    /** The next slot to wait for; slots in the past are missed. */
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

    /** The run of the latest slot, or null when it is too late even for that; the slots before it are missed. */
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

    /** Revokes a run that has not started; its slot is missed. */
    void revokeQueued() {
        if (execution != null && execution.state == Execution.State.QUEUED) {
            execution.state = Execution.State.REVOKED;
            missed += execution.missed + 1;
            execution = null;
        }
    }

    /** Applies the results of a run, unless the monitor was replaced since; returns the future that waits for the end of the run. */
    @Nullable
    CompletableFuture<Void> end(Execution ended) {
        execution = null;
        if (ended.monitor.equals(monitor)) {
            history = ended.nextHistory;
            if (!ended.nextTimetable.equals(timetable)) {
                timetable = ended.nextTimetable;
                counted = Math.max(counted, timetable.base());
            }
        }
        var waiting = idle;
        idle = null;
        return waiting;
    }

    /** Completes when no run is in progress. */
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
