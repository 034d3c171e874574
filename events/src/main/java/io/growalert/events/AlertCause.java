package io.growalert.events;

import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What alerts of several monitors have in common: without further settings they share a notification.
 *
 * @param name of the source, or the id of the instance; {@link #UNKNOWN} when it is not known
 */
public record AlertCause(Kind kind, String name) {
    /** The name of an instance whose results do not carry its id. */
    public static final String UNKNOWN = "unknown";

    public enum Kind {
        /** The source of the monitor's definition, whose answers are errors or not usable. */
        @JsonProperty("source")
        SOURCE,
        /** The instance of the monitor-service that published the monitor's last result. */
        @JsonProperty("instance")
        INSTANCE;

        /** The name in JSON. */
        public String wire() {
            return switch (this) {
                case SOURCE -> "source";
                case INSTANCE -> "instance";
            };
        }
    }

    public AlertCause {
        required(kind, "kind");
        required(name, "name");
    }
}
