package io.growalert.evaluation.alert;

import io.growalert.events.MonitorDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time in which results could arrive, by which the silence of a monitor is measured. It advances with each tick by a limited
 * step, so that neither a paused process nor a clock that jumps makes a monitor silent; and not at all while the broker is
 * unreachable. After any such interruption every monitor gets {@link MonitorDefinition#MIN_SILENCE} again.
 */
public final class Listening {
    /** The interval of {@link #tick}. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    /** A tick that is later than this follows an interruption. */
    private static final Duration LONGEST_STEP = Duration.ofSeconds(5);

    /** A result that took longer than this to arrive is late; further late results may follow. */
    public static final Duration LATE = Duration.ofSeconds(5);

    /** The maximum postponement of a decision while late results arrive. */
    static final Duration LONGEST_POSTPONEMENT = Duration.ofMinutes(2);

    private Duration time = Duration.ZERO;
    private Duration resumed = Duration.ZERO;
    private @Nullable Instant lastTick;
    private @Nullable Duration lateSince;
    private @Nullable Duration lateLast;

    /** The first record has arrived; before it, Kafka Streams' clock is zero. */
    public void start(Instant now) {
        if (lastTick == null) {
            lastTick = now;
        }
    }

    public void tick(Instant now, boolean hearsBroker) {
        var before = lastTick;
        lastTick = now;
        if (before == null || !hearsBroker) {
            resumed = time;
            return;
        }
        var step = Duration.between(before, now);
        if (step.isNegative() || step.compareTo(LONGEST_STEP) > 0) {
            time = time.plus(EVERY);
            resumed = time;
        } else {
            time = time.plus(step);
        }
    }

    /** A result arrived late. */
    public void late() {
        if (lateLast == null || time.minus(lateLast).compareTo(LATE) > 0) {
            lateSince = time;
        }
        lateLast = time;
    }

    /** Whether decisions wait for late results. For a limited time, since a clock that differs from the broker's makes all results late. */
    public boolean isPostponed() {
        return lateSince != null
                && lateLast != null
                && time.minus(lateLast).compareTo(LATE) <= 0
                && time.minus(lateSince).compareTo(LONGEST_POSTPONEMENT) < 0;
    }

    Duration time() {
        return time;
    }

    /** The time since the deadline after the last result at {@code heard}; empty before the deadline. */
    Optional<Duration> overdue(Duration heard, Duration patience) {
        var grace = patience.compareTo(MonitorDefinition.MIN_SILENCE) < 0 ? patience : MonitorDefinition.MIN_SILENCE;
        var silent = time.minus(heard).minus(patience);
        var resumedFor = time.minus(resumed).minus(grace);
        var overdue = silent.compareTo(resumedFor) < 0 ? silent : resumedFor;
        return overdue.isNegative() ? Optional.empty() : Optional.of(overdue);
    }
}
