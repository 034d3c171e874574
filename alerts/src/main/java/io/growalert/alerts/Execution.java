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
    final RunHistory history;
    final Timetable timetable;
    final long slot;
    final long missed;

    State state = State.QUEUED;

    @Nullable
    Thread thread;

    boolean interrupted;
    Instant startedAt = Instant.EPOCH;
    long startedNanos;

    /** Who is still busy with it: the run's thread, and the one that tells of a timeout. */
    int busy = 1;

    /** What comes after this run, decided once it was told. */
    RunHistory nextHistory;

    Timetable nextTimetable;

    Execution(Entry entry, Monitor monitor, long slot) {
        this.entry = entry;
        this.monitor = monitor;
        this.slot = slot;
        this.missed = entry.missed;
        this.history = entry.history;
        this.timetable = entry.timetable;
        this.nextHistory = entry.history;
        this.nextTimetable = entry.timetable;
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
