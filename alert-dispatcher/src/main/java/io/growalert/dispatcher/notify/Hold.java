package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;

/** Stage 2: whether an event is delivered now, later or never. */
final class Hold {
    private Hold() {}

    enum Decision {
        /** Delivered now. */
        DELIVER,
        /** Delivered when its last hold ends, unless its incident ends before. */
        HOLD,
        /** Never delivered. */
        DROP
    }

    /**
     * @param held a silence holds the event
     * @param startedInside the incident's firing has been on hold since it arrived, so that the receiver was not notified of it
     */
    static Decision decide(AlertEvent.Type type, boolean held, boolean startedInside) {
        return switch (type) {
            case FIRING -> held ? Decision.HOLD : Decision.DELIVER;
            case REMINDER -> held || startedInside ? Decision.DROP : Decision.DELIVER;
            case RESOLVED -> {
                if (startedInside) {
                    yield Decision.DROP;
                }
                yield held ? Decision.HOLD : Decision.DELIVER;
            }
        };
    }
}
