package io.growalert.alerts;

/** The slots {@code base + k * interval} for every whole {@code k}, in milliseconds since the epoch. */
record Timetable(long base, long interval) {
    /** Milliseconds. */
    private static final long CLOCK_TOLERANCE = 60_000;

    /** The first slot later than {@code instant}. */
    long slotAfter(long instant) {
        return base + (Math.floorDiv(instant - base, interval) + 1) * interval;
    }

    /** The number of slots later than {@code from} and earlier than {@code to}. */
    long slotsBetween(long from, long to) {
        return Math.max(0, Math.floorDiv(to - 1 - base, interval) - Math.floorDiv(from - base, interval));
    }

    /** Whether it is too late to start the run of {@code slot}: more than half an interval has passed. */
    boolean isTooLate(long slot, long now) {
        return now - slot > interval / 2;
    }

    /** The clock must have been wrong when it was set back by this much: waiting for it would stop every monitor. */
    static boolean wasWrong(long then, long now) {
        return then > now + CLOCK_TOLERANCE;
    }

    /**
     * Whether the slots up to {@code counted} were those of a wrong clock and start again. Not within an interval, or the
     * last slot would run twice.
     */
    boolean startsAnew(long counted, long now) {
        return wasWrong(counted, now) && counted > now + interval;
    }

    /** The timetable of a monitor before its first run. */
    static Timetable first(Monitor monitor, long now) {
        if (monitor.interval() instanceof Every every) {
            return every.timetable(monitor.name());
        }
        long interval = Every.millis(monitor.interval().next(RunHistory.NONE));
        return new Timetable(now + Long.remainderUnsigned(Every.hash(monitor.name()), interval), interval);
    }

    /** The timetable after a run that started at {@code startedAt}. */
    Timetable next(Monitor monitor, RunHistory history, long startedAt) {
        return monitor.interval() instanceof Every
                ? this
                : new Timetable(startedAt, Every.millis(monitor.interval().next(history)));
    }
}
