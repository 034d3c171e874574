package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;

/** Stage 2: whether it is delivered now, later or not at all, when the monitor is muted. */
final class Mute {
    private Mute() {}

    enum Decision {
        TELL,
        /** Delivered when the mute ends, unless its incident ends before. */
        HOLD,
        /** Never delivered. */
        DROP
    }

    /**
     * @param startedInside the incident's firing is itself on hold, so the receiver does not know of it
     */
    static Decision decide(AlertEvent event, boolean muted, boolean startedInside) {
        if (!muted) {
            return Decision.TELL;
        }
        return switch (event.type()) {
            case FIRING -> Decision.HOLD;
            case REMINDER -> Decision.DROP;
            case RESOLVED -> startedInside ? Decision.DROP : Decision.HOLD;
        };
    }
}
