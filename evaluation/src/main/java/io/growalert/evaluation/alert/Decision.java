package io.growalert.evaluation.alert;

import io.growalert.events.AlertEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a state and an observation.
 *
 * @param next null when the series is forgotten
 * @param transition null when no event is published
 */
public record Decision(
        AlertState.@Nullable Judged next, @Nullable Transition transition) {
    static Decision quietly(AlertState.Judged next) {
        return new Decision(next, null);
    }

    /** The same, where an incident that begins with it belongs to this generation of the clock. */
    Decision in(@Nullable Instant generation) {
        return generation != null
                        && transition != null
                        && transition.type() == AlertEvent.Type.FIRING
                        && next instanceof AlertState.Firing firing
                ? new Decision(firing.in(generation), transition.in(generation))
                : this;
    }
}
