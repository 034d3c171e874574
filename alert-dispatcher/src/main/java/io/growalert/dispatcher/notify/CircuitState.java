package io.growalert.dispatcher.notify;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a receiver's circuit breaker lets deliveries through. */
public enum CircuitState {
    @JsonProperty("closed")
    CLOSED,
    /** It only waits for the next probe. */
    @JsonProperty("open")
    OPEN,
    /** A probe is due or in flight. */
    @JsonProperty("half-open")
    HALF_OPEN
}
