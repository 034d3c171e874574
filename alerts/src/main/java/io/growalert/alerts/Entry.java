package io.growalert.alerts;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The place of one name in the {@link Schedule}, whose lock guards it. It outlives its monitor while a run of it is
 * under way, so that whatever comes next under this name does not overlap with that.
 */
final class Entry {
    final String name;

    /** Null once removed. */
    @Nullable
    Monitor monitor;

    Timetable timetable;
    RunHistory history = RunHistory.NONE;

    /** Every slot up to this one was handed over, or counted as missed; milliseconds since the epoch. */
    long counted;

    long missed;

    /** Set from the hand-over to the end of the run; the entry waits for its next slot otherwise. */
    @Nullable
    Execution execution;

    /** For those who wait for the end of the run. */
    @Nullable
    CompletableFuture<Void> idle;

    /** The key in the {@link Agenda} that holds this entry. */
    long due;

    /** The place in that agenda, or -1. */
    int index = -1;

    Entry(Monitor monitor, Timetable timetable, long now) {
        this.name = monitor.name();
        this.monitor = monitor;
        this.timetable = timetable;
        this.counted = now;
    }
}
