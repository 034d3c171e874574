package io.growalert.events;

import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * What an operator wants done with one alert: the value of {@link Topics#ALERT_COMMANDS}, under the monitor's id. The instance
 * that owns the monitor's partition carries it out; one for an alert that does not exist has no effect.
 *
 * @param id the command's own id, for tracing; a command that arrives twice finds nothing to do the second time
 * @param alert the alert's id; see {@link Ids#alert}
 * @param requestedAt when the operator asked for it
 */
public record AlertCommand(String id, Type type, String monitor, String alert, Instant requestedAt) {
    public enum Type {
        /** Resolves the alert's incident and forgets its series, until a result has it again. */
        @JsonProperty("forget")
        FORGET
    }

    public AlertCommand {
        required(id, "id");
        required(type, "type");
        required(monitor, "monitor");
        required(alert, "alert");
        required(requestedAt, "requestedAt");
    }
}
