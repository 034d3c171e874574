package io.growalert.history.ingest;

import io.growalert.history.store.StoredStatus;
import org.jspecify.annotations.Nullable;

/** The present status of a monitor or a series, and since which slot. Times are in microseconds since the epoch. */
final class OpenSpan {
    /** In place of a series' id: the monitor itself. */
    static final int MONITOR = 0;

    final int monitor;
    final int series;
    final long since;
    private StoredStatus status;
    private @Nullable Long until;
    private boolean stored;

    OpenSpan(int monitor, int series, StoredStatus status, long since, boolean stored) {
        this.monitor = monitor;
        this.series = series;
        this.status = status;
        this.since = since;
        this.stored = stored;
    }

    StoredStatus status() {
        return status;
    }

    void status(StoredStatus corrected) {
        status = corrected;
    }

    /** Null while it lasts. */
    @Nullable
    Long until() {
        return until;
    }

    void end(long at) {
        until = at;
    }

    boolean isStored() {
        return stored;
    }

    void written() {
        stored = true;
    }
}
