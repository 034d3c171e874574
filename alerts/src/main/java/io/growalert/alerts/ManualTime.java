package io.growalert.alerts;

import java.time.Instant;

final class ManualTime implements Time {
    private Instant now;
    private long nanos;
    private long lastPass;

    ManualTime(Instant start) {
        this.now = start;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized long nanosSinceLastPass() {
        long before = lastPass;
        lastPass = nanos;
        return nanos - before;
    }

    /** Time passes while the scheduler runs. */
    synchronized void advance(long by) {
        freeze(by);
        lastPass += by;
    }

    /** Time passes while the process is stopped. */
    synchronized void freeze(long by) {
        now = now.plusNanos(by);
        nanos += by;
    }

    synchronized void setClock(Instant to) {
        now = to;
    }
}
