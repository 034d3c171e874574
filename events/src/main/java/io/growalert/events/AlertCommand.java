package io.growalert.events;

import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * An operator's command for one alert: the value of {@link Topics#ALERT_COMMANDS}, with the monitor's id as key. The instance
 * that owns the monitor's partition executes it; a command for an unknown alert has no effect.
 *
 * @param id the command's own id, for tracing; a repeated command has no effect
 * @param alert the alert's id; see {@link Ids#alert}
 * @param requestedAt when the operator requested it
 */
public record AlertCommand(String id, Type type, String monitor, String alert, Instant requestedAt) {
    public enum Type {
        /** Resolves the alert's incident and removes its series, until a result contains it again. */
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
