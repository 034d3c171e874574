package io.growalert.alerts;

import java.time.Duration;

/**
 * The time from one run to the next, queried before each run. {@link #every} gives the same slots after a restart
 * and on every instance. Any other interval, for example one that is shorter while the check fails,
 *
 * <pre>{@code
 * history -> Duration.ofSeconds(history.consecutiveFailures() > 0 ? 5 : 60)
 * }</pre>
 *
 * counts from the start of the last run; its first run comes within the first interval, spread by a hash of the
 * monitor's name.
 */
@FunctionalInterface
public interface Interval {
    /**
     * The time from the start of the last run to the next: 1 ms to 366 days, to the millisecond. When it is out of range
     * or this throws, the last valid interval stays and {@link MonitorListener#intervalFailed} is called. It runs as part of
     * the run, after its alert.
     */
    Duration next(RunHistory history);

    /**
     * Stable slots: the multiples of {@code interval} since 1970-01-01T00:00Z, moved by
     * {@code hash(name) mod interval}, in milliseconds and unsigned. The hash is 64-bit FNV-1a of the name's UTF-8 bytes,
     * finished with MurmurHash3's {@code fmix64}. It never changes, so two instances agree on the slots of a monitor, and
     * the monitors of one interval are spread evenly over it.
     *
     * @param interval 1 ms to 366 days
     */
    static Interval every(Duration interval) {
        return new Every(Every.millis(interval));
    }
}
