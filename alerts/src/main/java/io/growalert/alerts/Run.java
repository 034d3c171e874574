package io.growalert.alerts;

import java.time.Duration;
import java.time.Instant;

/**
 * One run of one monitor, over.
 *
 * @param slot the instant it was planned for, to the millisecond
 * @param startedAt when the check was called, by the clock
 * @param duration how long the check took, by the monotonic clock; for a timeout, until it was declared.
 *     The time in which the process was paused is part of it
 * @param missedSlots the slots between the monitor's last run and this one that had no run
 */
public record Run(
        String monitor, Instant slot, Instant startedAt, Duration duration, CheckResult result, long missedSlots) {}
