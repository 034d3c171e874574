package io.growalert.evaluation.alert;

import io.growalert.events.AlertPolicy;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive complete runs without the series.
 *
 * @param runs their number, counted up to the limit of the policy, so that a long absence is not a change in every run
 * @param since the slot of the first
 */
public record Absence(int runs, Instant since) {
    static Absence next(@Nullable Absence before, Instant slot, AlertPolicy policy) {
        if (before == null) {
            return new Absence(1, slot);
        }
        return before.runs < policy.after() ? new Absence(before.runs + 1, before.since) : before;
    }

    boolean isNoData(Instant slot, AlertPolicy policy) {
        var needed = policy.failingFor();
        return needed == null ? runs >= policy.after() : lasted(slot, needed);
    }

    boolean isOver(Instant slot, AlertPolicy policy) {
        return lasted(slot, policy.forgetAfter());
    }

    private boolean lasted(Instant slot, Duration needed) {
        return Duration.between(since, slot).compareTo(needed) >= 0;
    }
}
