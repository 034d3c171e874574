package io.growalert.evaluation.alert;

import io.growalert.events.AlertEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The next state, and the transition to publish.
 *
 * @param next null when the series is removed
 * @param transition null when no event is published
 */
public record Decision(
        AlertState.@Nullable Judged next, @Nullable Transition transition) {
    /** The series is removed without an event. */
    static final Decision REMOVED = new Decision(null, null);

    static Decision quietly(AlertState.Judged next) {
        return new Decision(next, null);
    }

    /** The same decision, in which a new incident belongs to this generation of the clock. */
    Decision in(@Nullable Instant generation) {
        return generation != null
                        && transition != null
                        && transition.type() == AlertEvent.Type.FIRING
                        && next instanceof AlertState.Firing firing
                ? new Decision(firing.in(generation), transition.in(generation))
                : this;
    }
}
