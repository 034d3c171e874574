package io.growalert.alerts;

import java.time.Instant;
import java.util.Objects;

/**
 * The slot and the deadline of a run.
 *
 * @param slot the instant the run was planned for, to the millisecond; a check judges this instant and not "now", so that
 *     a late run has the same outcome as a punctual one
 * @param deadline when the run will have failed by timeout: its start plus the monitor's timeout, by the clock at the start.
 *     It does not change when the clock is set or the process is paused during the run, although the run is given the time
 *     of the pause in addition: a check derives the timeout of a query from it before the query starts
 */
public record CheckContext(Instant slot, Instant deadline) {
    public CheckContext {
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(deadline, "deadline");
    }
}
