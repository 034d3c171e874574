package io.growalert.history.ingest;

import org.jspecify.annotations.Nullable;

/** A known series of a monitor: its id, its present status, and its last slot in microseconds since the epoch. */
final class SeriesTrack {
    final int id;

    @Nullable
    OpenSpan span;

    long lastSlot;

    SeriesTrack(int id, @Nullable OpenSpan span, long lastSlot) {
        this.id = id;
        this.span = span;
        this.lastSlot = lastSlot;
    }
}
