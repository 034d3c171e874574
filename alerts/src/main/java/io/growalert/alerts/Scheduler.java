package io.growalert.alerts;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Which monitor is due, and which run is in progress. One lock guards it all; no user code runs under this lock.
 *
 * <p>An entry is in {@code slots} while it waits for its next slot, in {@code deadlines} while its check runs, and in
 * neither while its run is handed over, reported or stuck beyond its timeout. It returns to {@code slots} only after its run,
 * so that runs never overlap and never pile up.
 */
final class Scheduler {
    /** A clock that was set forward is detected within this time. */
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(250);

    /** The loop makes a pass every {@link #LONGEST_WAIT} at least; a longer gap means that the process was paused. */
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    /** Timer slack: one wake-up starts all runs that are due within it. */
    private static final long MAX_SLACK = TimeUnit.MILLISECONDS.toNanos(10);

    private final Time time;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Agenda slots = new Agenda();
    private final Agenda deadlines = new Agenda();
    private long latest = Long.MIN_VALUE;
    private int running;
    private boolean closed;
    private boolean stopped;

    /** The thread that waits for the next step, and until when by {@link System#nanoTime}. */
    private @Nullable Thread waiter;

    private long wakeAt;

    /** At most a hundredth of the shortest interval so far; it never grows. */
    private long slack = MAX_SLACK;

    Scheduler(Time time) {
        this.time = time;
    }

    synchronized void add(Monitor monitor, Timetable timetable) {
        var entry = entries.get(monitor.name());
        if (entry != null && entry.monitor != null) {
            throw new IllegalArgumentException("there is a monitor named " + monitor.name() + " already");
        }
        replace(monitor, timetable);
    }

    synchronized CompletionStage<Void> replace(Monitor monitor, Timetable timetable) {
        if (closed) {
            throw new IllegalStateException("closed: monitor " + monitor.name() + " will not run");
        }
        var entry = entries.get(monitor.name());
        if (entry == null) {
            entry = new Entry(monitor, timetable, millis());
            entries.put(entry.name, entry);
        } else {
            slots.remove(entry);
            entry.replace(monitor, timetable, millis());
        }
        if (entry.execution == null) {
            waitForNextSlot(entry);
        }
        return entry.whenIdle();
    }

    synchronized CompletionStage<Void> remove(String name) {
        var entry = entries.get(name);
        if (entry == null) {
            return CompletableFuture.completedStage(null);
        }
        entry.remove();
        if (entry.execution == null) {
            slots.remove(entry);
            entries.remove(name);
        }
        return entry.whenIdle();
    }

    synchronized Set<String> names() {
        var names = new TreeSet<String>();
        for (var entry : entries.values()) {
            if (entry.monitor != null) {
                names.add(entry.name);
            }
        }
        return names;
    }

    /** The next step, or null when nothing is due. */
    synchronized @Nullable Due poll() {
        notePause();
        var late = deadlines.first();
        if (late != null && late.execution != null && late.due - time.nanos() <= 0) {
            return timeOut(late, late.execution);
        }
        long now = millis();
        followClock(now);
        for (var entry = slots.first(); entry != null && entry.due <= now; entry = slots.first()) {
            slots.remove(entry);
            if (entry.wasPassedOver(now)) {
                slots.add(entry, entry.lateStart(now));
                continue;
            }
            var execution = entry.handOver(now);
            if (execution != null) {
                return new Due.Start(execution);
            }
            waitForNextSlot(entry);
        }
        return null;
    }

    /** Checks made no progress during a pause, so their deadlines move by its length, and up to {@link #LONGEST_WAIT} more. */
    private void notePause() {
        long gap = time.nanosSinceLastPass();
        if (gap > PAUSE) {
            deadlines.postpone(gap);
        }
    }

    private void followClock(long now) {
        if (Timetable.wasWrong(latest, now)) {
            latest = now;
            slots.clear();
            entries.values().stream().filter(entry -> entry.execution == null).forEach(this::waitForNextSlot);
        }
        latest = Math.max(latest, now);
    }

    private Due timeOut(Entry entry, Execution execution) {
        deadlines.remove(entry);
        execution.state = Execution.State.SETTLED;
        execution.busy++;
        execution.interrupt();
        return new Due.TimedOut(execution);
    }

    private void waitForNextSlot(Entry entry) {
        long slot = entry.nextSlot(millis());
        slack = Math.min(slack, TimeUnit.MILLISECONDS.toNanos(entry.interval()) / 100);
        slots.add(entry, slot);
        wakeIn(nanosToSlot(slot));
    }

    /** On the run's thread, before its check. False when the run was revoked. */
    synchronized boolean begin(Execution execution) {
        if (execution.timetable.isTooLate(execution.slot, millis())) {
            missed(execution);
        }
        if (execution.state != Execution.State.QUEUED) {
            return false;
        }
        notePause(); // before its deadline is added, which must not be postponed
        execution.begin(time);
        running++;
        long timeout = execution.monitor.timeout().toNanos();
        deadlines.add(execution.entry, execution.startedNanos + timeout);
        wakeIn(timeout);
        return true;
    }

    /** Revokes the run unless it has started. */
    synchronized void missed(Execution execution) {
        if (execution.state == Execution.State.QUEUED) {
            execution.entry.revokeQueued();
            waitForNextSlot(execution.entry);
        }
    }

    /** On the run's thread, after its check. True when its result counts: it has not timed out and was not interrupted by closing. */
    synchronized boolean settle(Execution execution) {
        deadlines.remove(execution.entry);
        execution.clearInterrupt();
        if (execution.state != Execution.State.RUNNING) {
            return false;
        }
        execution.state = Execution.State.SETTLED;
        return true;
    }

    /** On the run's thread, at its end. */
    void leave(Execution execution) {
        CompletableFuture<Void> idle;
        synchronized (this) {
            execution.leave();
            idle = end(execution);
        }
        complete(idle);
    }

    /** On the thread that reported the run's timeout. */
    void timeoutReported(Execution execution) {
        complete(end(execution));
    }

    /** After the last thread of the run has ended, its monitor waits for the next slot. */
    private synchronized @Nullable CompletableFuture<Void> end(Execution execution) {
        if (--execution.busy > 0) {
            return null;
        }
        if (--running == 0) {
            notifyAll();
        }
        var entry = execution.entry;
        deadlines.remove(entry);
        var idle = entry.end(execution);
        if (entry.monitor == null) {
            entries.remove(entry.name);
        } else {
            waitForNextSlot(entry);
        }
        return idle;
    }

    /** Not under the lock, because it runs dependents of the future. */
    private static void complete(@Nullable CompletableFuture<Void> idle) {
        if (idle != null) {
            idle.complete(null);
        }
    }

    /** Waits until something may be due; called by one thread only. False once the scheduler is closed. */
    boolean await() {
        long wait;
        synchronized (this) {
            waiter = Thread.currentThread();
            wait = nanosToPass();
            wakeAt = System.nanoTime() + wait;
            if (stopped) {
                return false;
            }
        }
        if (wait > 0) {
            LockSupport.parkNanos(this, wait);
        }
        return true;
    }

    private void wakeIn(long nanos) {
        if (waiter != null && System.nanoTime() + nanos - wakeAt < 0) {
            LockSupport.unpark(waiter);
        }
    }

    /** {@link Long#MAX_VALUE} when nothing is scheduled. */
    synchronized long nanosToNext() {
        return Math.min(nanosToFirstSlot(), nanosToFirstDeadline());
    }

    /** How long the loop waits before its next pass. */
    synchronized long nanosToPass() {
        return Math.min(Math.min(Math.max(nanosToFirstSlot(), slack), nanosToFirstDeadline()), LONGEST_WAIT);
    }

    private long nanosToFirstSlot() {
        var slot = slots.first();
        return slot == null ? Long.MAX_VALUE : nanosToSlot(slot.due);
    }

    private long nanosToFirstDeadline() {
        var deadline = deadlines.first();
        return deadline == null ? Long.MAX_VALUE : deadline.due - time.nanos();
    }

    private long nanosToSlot(long slot) {
        return ChronoUnit.NANOS.between(time.now(), Instant.ofEpochMilli(slot));
    }

    private long millis() {
        return time.now().toEpochMilli();
    }

    /** Starts no further run, waits for those in progress, then interrupts them. */
    synchronized void close(long graceNanos) {
        closed = true;
        slots.clear();
        entries.values().forEach(Entry::remove);
        entries.values().removeIf(entry -> entry.execution == null);
        awaitIdle(System.nanoTime() + graceNanos);
        entries.values().forEach(this::interruptRun);
        stopped = true;
        LockSupport.unpark(waiter);
    }

    private void awaitIdle(long until) {
        try {
            for (long left = until - System.nanoTime(); running > 0 && left > 0; left = until - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void interruptRun(Entry entry) {
        deadlines.remove(entry);
        if (entry.execution != null) {
            entry.execution.state = Execution.State.REVOKED;
            entry.execution.interrupt();
        }
    }
}
