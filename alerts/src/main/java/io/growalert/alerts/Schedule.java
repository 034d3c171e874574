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
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which monitor is due, and which run is under way. One lock guards it all; no code of a user runs under it.
 *
 * <p>An entry is in {@code slots} while it waits for its next slot, in {@code deadlines} while its check runs, and in
 * neither while its run is handed over, being told or stuck beyond its timeout. As it comes back to {@code slots} only when
 * its run is over, runs never overlap and never pile up.
 */
final class Schedule {
    /** Notices a clock that was set forward this soon. */
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(250);

    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition sooner = lock.newCondition();
    private final Condition calm = lock.newCondition();
    private final Map<String, Entry> entries = new HashMap<>();
    private final Agenda slots = new Agenda();
    private final Agenda deadlines = new Agenda();
    private int running;
    private boolean closed;
    private boolean stopped;

    /** Until when the scheduler waits, by {@link System#nanoTime}. */
    private long wakeAt = System.nanoTime();

    Schedule(Time time) {
        this.time = time;
    }

    void add(Monitor monitor) {
        var timetable = Timetable.first(monitor, millis());
        lock.lock();
        try {
            var entry = entries.get(monitor.name());
            if (entry != null && entry.monitor != null) {
                throw new IllegalArgumentException("there is a monitor named " + monitor.name() + " already");
            }
            put(entry, monitor, timetable);
        } finally {
            lock.unlock();
        }
    }

    CompletionStage<Void> replace(Monitor monitor) {
        var timetable = Timetable.first(monitor, millis());
        lock.lock();
        try {
            return put(entries.get(monitor.name()), monitor, timetable);
        } finally {
            lock.unlock();
        }
    }

    private CompletionStage<Void> put(@Nullable Entry entry, Monitor monitor, Timetable timetable) {
        if (closed) {
            throw new IllegalStateException("closed: monitor " + monitor.name() + " will not run");
        }
        long now = millis();
        if (entry == null) {
            entry = new Entry(monitor, timetable, now);
            entries.put(entry.name, entry);
            waitForNextSlot(entry);
            return CompletableFuture.completedStage(null);
        }
        revokeQueued(entry);
        slots.remove(entry);
        if (entry.monitor != null) {
            entry.missed += entry.timetable.slotsBetween(entry.counted, now + 1);
        }
        entry.monitor = monitor;
        entry.timetable = timetable;
        entry.history = RunHistory.NONE;
        entry.counted = Math.max(entry.counted, now);
        if (entry.execution != null) {
            return whenIdle(entry);
        }
        waitForNextSlot(entry);
        return CompletableFuture.completedStage(null);
    }

    CompletionStage<Void> remove(String name) {
        lock.lock();
        try {
            var entry = entries.get(name);
            if (entry == null) {
                return CompletableFuture.completedStage(null);
            }
            entry.monitor = null;
            entry.missed = 0;
            revokeQueued(entry);
            if (entry.execution != null) {
                return whenIdle(entry);
            }
            slots.remove(entry);
            entries.remove(name);
            return CompletableFuture.completedStage(null);
        } finally {
            lock.unlock();
        }
    }

    Set<String> names() {
        lock.lock();
        try {
            var names = new TreeSet<String>();
            for (var entry : entries.values()) {
                if (entry.monitor != null) {
                    names.add(entry.name);
                }
            }
            return names;
        } finally {
            lock.unlock();
        }
    }

    /** The next thing to do, or null when nothing is due. */
    @Nullable
    Due poll() {
        lock.lock();
        try {
            var late = deadlines.first();
            if (late != null && late.execution != null && late.due - time.nanos() <= 0) {
                return timeOut(late, late.execution);
            }
            long now = millis();
            for (var entry = slots.first(); entry != null && entry.due <= now; entry = slots.first()) {
                slots.remove(entry);
                var monitor = entry.monitor;
                if (monitor != null && reachLatestSlot(entry, now)) {
                    entry.execution = new Execution(entry, monitor, entry.counted);
                    entry.missed = 0;
                    return new Due.Start(entry.execution);
                }
                waitForNextSlot(entry);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private Due timeOut(Entry entry, Execution execution) {
        deadlines.remove(entry);
        execution.state = Execution.State.SETTLED;
        execution.busy++;
        interrupt(execution);
        return new Due.TimedOut(execution);
    }

    /** Counts the slots that were slept over. True when the latest may still be run. */
    private static boolean reachLatestSlot(Entry entry, long now) {
        long latest = entry.timetable.slotAfter(now) - entry.timetable.interval();
        entry.missed += entry.timetable.slotsBetween(entry.counted, latest);
        entry.counted = latest;
        if (entry.timetable.isTooLate(latest, now)) {
            entry.missed++;
            return false;
        }
        return true;
    }

    private void waitForNextSlot(Entry entry) {
        long next = entry.timetable.slotAfter(Math.max(millis(), entry.counted));
        entry.missed += entry.timetable.slotsBetween(entry.counted, next);
        entry.counted = Math.max(entry.counted, next - entry.timetable.interval());
        slots.add(entry, next);
        wakeIn(nanosToSlot(next));
    }

    /** On the run's thread, before its check. False when there is nothing to run any more. */
    boolean begin(Execution execution) {
        lock.lock();
        try {
            if (execution.state != Execution.State.QUEUED) {
                return false;
            }
            if (closed || execution.timetable.isTooLate(execution.slot, millis())) {
                miss(execution);
                return false;
            }
            execution.state = Execution.State.RUNNING;
            execution.thread = Thread.currentThread();
            execution.startedAt = time.now();
            execution.startedNanos = time.nanos();
            running++;
            long timeout = execution.monitor.timeout().toNanos();
            deadlines.add(execution.entry, execution.startedNanos + timeout);
            wakeIn(timeout);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The run of this slot does not take place. */
    void missed(Execution execution) {
        lock.lock();
        try {
            if (execution.state == Execution.State.QUEUED) {
                miss(execution);
            }
        } finally {
            lock.unlock();
        }
    }

    private void miss(Execution execution) {
        revokeQueued(execution.entry);
        if (!closed) {
            waitForNextSlot(execution.entry);
        }
    }

    private static void revokeQueued(Entry entry) {
        var execution = entry.execution;
        if (execution != null && execution.state == Execution.State.QUEUED) {
            execution.state = Execution.State.REVOKED;
            entry.execution = null;
            entry.missed += execution.missed + 1;
        }
    }

    /** On the run's thread, after its check. True when its result counts: it had not timed out or been cut off. */
    boolean settle(Execution execution) {
        lock.lock();
        try {
            deadlines.remove(execution.entry);
            clearInterrupt(execution);
            boolean counts = execution.state == Execution.State.RUNNING;
            if (counts) {
                execution.state = Execution.State.SETTLED;
            }
            return counts;
        } finally {
            lock.unlock();
        }
    }

    /** The run's thread is through with it. */
    void leave(Execution execution) {
        CompletableFuture<Void> idle;
        lock.lock();
        try {
            clearInterrupt(execution);
            execution.thread = null;
            idle = end(execution);
        } finally {
            lock.unlock();
        }
        complete(idle);
    }

    /** The run's timeout has been told. */
    void timeoutTold(Execution execution) {
        CompletableFuture<Void> idle;
        lock.lock();
        try {
            idle = end(execution);
        } finally {
            lock.unlock();
        }
        complete(idle);
    }

    /** After the last who was busy with the run, the monitor waits for its next slot. */
    private @Nullable CompletableFuture<Void> end(Execution execution) {
        if (--execution.busy > 0) {
            return null;
        }
        if (--running == 0) {
            calm.signalAll();
        }
        var entry = execution.entry;
        deadlines.remove(entry);
        entry.execution = null;
        if (entry.monitor == null) {
            entries.remove(entry.name);
        } else {
            if (entry.monitor.equals(execution.monitor)) {
                follow(entry, execution);
            }
            waitForNextSlot(entry);
        }
        var idle = entry.idle;
        entry.idle = null;
        return idle;
    }

    /** Outside the lock, because it runs what others hung on to it. */
    private static void complete(@Nullable CompletableFuture<Void> idle) {
        if (idle != null) {
            idle.complete(null);
        }
    }

    private static void follow(Entry entry, Execution execution) {
        entry.history = execution.nextHistory;
        if (!execution.nextTimetable.equals(entry.timetable)) {
            entry.timetable = execution.nextTimetable;
            entry.counted = Math.max(entry.counted, entry.timetable.base());
        }
    }

    private static CompletionStage<Void> whenIdle(Entry entry) {
        if (entry.idle == null) {
            entry.idle = new CompletableFuture<>();
        }
        return entry.idle.minimalCompletionStage();
    }

    private static void interrupt(Execution execution) {
        if (execution.thread != null) {
            execution.interrupted = true;
            execution.thread.interrupt();
        }
    }

    /** So that an interrupt meant for the check does not reach whatever its thread does next. */
    private static void clearInterrupt(Execution execution) {
        if (execution.interrupted && execution.thread == Thread.currentThread()) {
            execution.interrupted = false;
            Thread.interrupted();
        }
    }

    /** Waits until something is due. False once there will be nothing more to do. */
    @SuppressWarnings("WaitNotInLoop") // the scheduler loops, and looks at everything anew
    boolean await() throws InterruptedException {
        lock.lock();
        try {
            long wait = Math.min(nanosToNext(), LONGEST_WAIT);
            if (!stopped && wait > 0) {
                wakeAt = System.nanoTime() + wait;
                sooner.awaitNanos(wait);
            }
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private void wakeIn(long nanos) {
        if (System.nanoTime() + nanos - wakeAt < 0) {
            sooner.signal();
        }
    }

    /** {@link Long#MAX_VALUE} when nothing is planned. */
    long nanosToNext() {
        lock.lock();
        try {
            var slot = slots.first();
            var deadline = deadlines.first();
            return Math.min(
                    slot == null ? Long.MAX_VALUE : nanosToSlot(slot.due),
                    deadline == null ? Long.MAX_VALUE : deadline.due - time.nanos());
        } finally {
            lock.unlock();
        }
    }

    private long nanosToSlot(long slot) {
        return ChronoUnit.NANOS.between(time.now(), Instant.ofEpochMilli(slot));
    }

    private long millis() {
        return time.now().toEpochMilli();
    }

    /** Starts no run any more, waits for those under way, then interrupts them. */
    void close(long graceNanos) {
        lock.lock();
        try {
            closed = true;
            slots.clear();
            for (var entry : entries.values()) {
                entry.monitor = null;
                revokeQueued(entry);
            }
            entries.values().removeIf(entry -> entry.execution == null);
            awaitCalm(graceNanos);
            for (var entry : entries.values()) {
                if (entry.execution != null) {
                    cutOff(entry, entry.execution);
                }
            }
            stopped = true;
            sooner.signal();
        } finally {
            lock.unlock();
        }
    }

    private void awaitCalm(long graceNanos) {
        try {
            for (long left = graceNanos; running > 0 && left > 0; ) {
                left = calm.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void cutOff(Entry entry, Execution execution) {
        deadlines.remove(entry);
        if (execution.state == Execution.State.RUNNING) {
            execution.state = Execution.State.REVOKED;
        }
        interrupt(execution);
    }
}
