package io.growalert.alerts;

import java.time.Instant;

final class ManualTime implements Time {
    private Instant now;
    private long nanos;

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

    synchronized void advance(long by) {
        now = now.plusNanos(by);
        nanos += by;
    }

    synchronized void setClock(Instant to) {
        now = to;
    }
}
