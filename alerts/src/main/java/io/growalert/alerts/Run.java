package io.growalert.alerts;

import java.time.Duration;
import java.time.Instant;

/**
 * One completed run of one monitor.
 *
 * @param monitor the monitor's name
 * @param check the check that ran; a monitor that replaces another one of its name has another check
 * @param slot the instant it was planned for, to the millisecond
 * @param startedAt when the check was called, by the clock
 * @param duration how long the check took, by the monotonic clock; for a timeout, until the timeout was detected.
 *     The time in which the process was paused is part of it
 * @param missedSlots the slots between the monitor's last run and this one that had no run
 */
public record Run(
        String monitor,
        Check check,
        Instant slot,
        Instant startedAt,
        Duration duration,
        CheckOutcome outcome,
        long missedSlots) {}
