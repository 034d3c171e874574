package io.growalert.alerts;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One run, from its hand-over to the end of its alert. The lock of the {@link Scheduler} guards its mutable state. */
final class Execution {
    enum State {
        /** Handed over; its check has not started. */
        QUEUED,
        /** Its check runs and may still time out. */
        RUNNING,
        /** Its outcome is final and is being reported. */
        SETTLED,
        /** It never started, or was interrupted by closing; it is not reported. */
        REVOKED
    }

    final Entry entry;
    final Monitor monitor;
    final long slot;
    final long missed;
    final Timetable timetable;
    final RunHistory history;

    State state = State.QUEUED;
    Instant startedAt = Instant.EPOCH;
    long startedNanos;

    /** The number of threads that use it: the run's thread, and the one that reports a timeout. */
    int busy = 1;

    /** The timetable after this run, decided once it was reported. */
    Timetable nextTimetable;

    RunHistory nextHistory;

    private @Nullable Thread thread;
    private boolean interrupted;

    Execution(Entry entry, Monitor monitor, long slot, long missed, Timetable timetable, RunHistory history) {
        this.entry = entry;
        this.monitor = monitor;
        this.slot = slot;
        this.missed = missed;
        this.timetable = timetable;
        this.history = history;
        this.nextTimetable = timetable;
        this.nextHistory = history;
    }

    /** On the run's thread. */
    void begin(Time time) {
        state = State.RUNNING;
        thread = Thread.currentThread();
        startedAt = time.now();
        startedNanos = time.nanos();
    }

    void interrupt() {
        if (thread != null) {
            interrupted = true;
            thread.interrupt();
        }
    }

    /** On the run's thread: an interrupt meant for the check does not reach what comes after it. */
    void clearInterrupt() {
        if (interrupted) {
            interrupted = false;
            Thread.interrupted();
        }
    }

    /** On the run's thread, at its end: it is not interrupted any more. */
    void leave() {
        clearInterrupt();
        thread = null;
    }

    CheckContext context() {
        return new CheckContext(Instant.ofEpochMilli(slot), startedAt.plus(monitor.timeout()));
    }

    Run completed(CheckOutcome outcome, long nanos) {
        return new Run(
                monitor.name(),
                monitor.check(),
                Instant.ofEpochMilli(slot),
                startedAt,
                Duration.ofNanos(nanos - startedNanos),
                outcome,
                missed);
    }
}
