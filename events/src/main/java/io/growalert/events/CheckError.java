package io.growalert.events;

import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a run could not query its source, or could not use the answer. */
public record CheckError(Kind kind, String message) {
    public CheckError {
        required(kind, "kind");
        required(message, "message");
    }

    public enum Kind {
        /** The run took longer than the monitor's timeout. */
        @JsonProperty("timeout")
        TIMEOUT,
        /** The source was unreachable or at its limit, or its circuit breaker is open. */
        @JsonProperty("source")
        SOURCE,
        /** The source rejected the query. */
        @JsonProperty("query")
        QUERY,
        /** The answer has no usable value: no number, NaN, null, or one series twice. */
        @JsonProperty("value")
        VALUE
    }
}
