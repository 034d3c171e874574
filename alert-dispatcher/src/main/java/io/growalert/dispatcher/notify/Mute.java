package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;

/** Stage 2: whether an event is delivered now, later or never while its monitor is muted. */
final class Mute {
    private Mute() {}

    enum Decision {
        /** Delivered now. */
        DELIVER,
        /** Delivered when the mute ends, unless its incident ends before. */
        HOLD,
        /** Never delivered. */
        DROP
    }

    /**
     * @param startedInside the incident's firing is on hold itself, so that the receiver was not notified of it
     */
    static Decision decide(AlertEvent event, boolean muted, boolean startedInside) {
        if (!muted) {
            return Decision.DELIVER;
        }
        return switch (event.type()) {
            case FIRING -> Decision.HOLD;
            case REMINDER -> Decision.DROP;
            case RESOLVED -> startedInside ? Decision.DROP : Decision.HOLD;
        };
    }
}
