package io.growalert.billing.webhook;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The lifecycle state of a stored event, the column {@code billing.stripe_events.state}. */
public enum EventState {
    /** To be applied when it is due. */
    RECEIVED("received"),
    /** Recorded, or older than what is recorded. */
    APPLIED("applied"),
    /** No record depends on it, or its object is foreign. */
    IGNORED("ignored"),
    /** Not applied after all attempts, until an operator replays it. */
    PARKED("parked");

    private final String text;

    EventState(String text) {
        this.text = text;
    }

    /** As the database and the API write it. */
    public String text() {
        return text;
    }

    static Optional<EventState> of(String text) {
        return Arrays.stream(values()).filter(state -> state.text.equals(text)).findFirst();
    }

    static String texts() {
        return Arrays.stream(values()).map(EventState::text).collect(Collectors.joining(", "));
    }
}
