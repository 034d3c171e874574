package io.growalert.alerts;

import java.time.Instant;
import java.util.Objects;

/**
 * What a run is about.
 *
 * @param slot the instant the run was planned for, to the millisecond; a check judges this instant and not "now", so that
 *     the same slot has the same answer however late it is asked
 * @param deadline when the run will have failed by timeout: its start plus the monitor's timeout, by the clock at the start.
 *     It stays what it is when the clock is set or the process is paused during the run, while the run itself gets the time
 *     of the pause on top: so what a check derives from it, such as the timeout of a query, is derived before that starts
 */
public record CheckContext(Instant slot, Instant deadline) {
    public CheckContext {
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(deadline, "deadline");
    }
}
