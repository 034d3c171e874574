package io.growalert.dispatcher.state;

import org.jspecify.annotations.Nullable;

/**
 * What follows from a state and an observation.
 *
 * @param next null when the series is forgotten
 * @param transition null when nobody needs to be told
 */
record Decision(AlertState.@Nullable Judged next, @Nullable Transition transition) {
    static Decision quietly(AlertState.Judged next) {
        return new Decision(next, null);
    }
}
