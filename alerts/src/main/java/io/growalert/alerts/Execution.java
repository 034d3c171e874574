package io.growalert.alerts;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One run, from its hand-over to the end of its alert. The lock of the {@link Schedule} guards what changes. */
final class Execution {
    enum State {
        /** Handed over; its check has not begun. */
        QUEUED,
        /** Its check is under way and may still time out. */
        RUNNING,
        /** Its outcome is decided and is being told. */
        SETTLED,
        /** It never began, or was cut off by closing; nothing is told. */
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

    /** Who is still busy with it: the run's thread, and the one that tells of a timeout. */
    int busy = 1;

    /** What comes after this run, decided once it was told. */
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

    Run over(CheckResult result, long nanos) {
        return new Run(
                monitor.name(),
                Instant.ofEpochMilli(slot),
                startedAt,
                Duration.ofNanos(nanos - startedNanos),
                result,
                missed);
    }
}
