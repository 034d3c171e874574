package io.growalert.events;

import static io.growalert.events.Contract.frozen;
import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transition of one alert: the value of {@link Topics#ALERTS}, with the alert's id as key.
 *
 * @param id the event's id, the same for every repetition; see {@link Ids#event}
 * @param alert the alert that changed; see {@link Ids#alert}
 * @param incident common to a firing, its reminders and its resolution; see {@link Ids#incident}
 * @param series the series' labels; empty for the alert of the monitor itself and for a series without labels
 * @param labels the monitor's labels
 * @param status the series' status at this transition
 * @param value the series' value; null when there is none, as for {@code NO_DATA} and for errors
 * @param reason the reason of the transition, as text
 * @param summary the monitor's summary, rendered
 * @param slot the slot of the deciding result
 * @param firingSince the slot of the incident's firing
 * @param receivers the names of the receivers to notify, from the monitor's definition at that slot
 * @param routes whether the routes choose receivers in addition; null for no. Without receivers they always do
 * @param unit of the value; null without a value or a unit
 * @param cause what the alert has in common with those of other monitors; null when it is not known
 * @param rule the monitor's rule at this slot, as text for people; null when it is unknown
 */
public record AlertEvent(
        String id,
        Type type,
        String alert,
        String incident,
        String monitor,
        Map<String, String> series,
        Map<String, String> labels,
        Status status,
        @Nullable Double value,
        String reason,
        String summary,
        Instant slot,
        Instant firingSince,
        List<String> receivers,
        @Nullable Boolean routes,
        @Nullable String unit,
        @Nullable AlertCause cause,
        @Nullable String rule)
        implements Notifiable {

    public enum Type {
        @JsonProperty("firing")
        FIRING,
        /** The alert is still firing, and the policy's {@code repeat} has passed. */
        @JsonProperty("reminder")
        REMINDER,
        @JsonProperty("resolved")
        RESOLVED;

        /** The name in JSON. */
        public String wire() {
            return switch (this) {
                case FIRING -> "firing";
                case REMINDER -> "reminder";
                case RESOLVED -> "resolved";
            };
        }
    }

    public AlertEvent {
        required(id, "id");
        required(type, "type");
        required(alert, "alert");
        required(incident, "incident");
        required(monitor, "monitor");
        series = frozen(series, "series");
        labels = frozen(labels, "labels");
        required(status, "status");
        require(value == null || Double.isFinite(value), "an alert's value must be a finite number", value);
        required(reason, "reason");
        required(summary, "summary");
        required(slot, "slot");
        required(firingSince, "firingSince");
        receivers = frozen(receivers, "receivers");
    }

    /** Without {@code routes}, unit, cause and rule. */
    public AlertEvent(
            String id,
            Type type,
            String alert,
            String incident,
            String monitor,
            Map<String, String> series,
            Map<String, String> labels,
            Status status,
            @Nullable Double value,
            String reason,
            String summary,
            Instant slot,
            Instant firingSince,
            List<String> receivers) {
        this(
                id,
                type,
                alert,
                incident,
                monitor,
                series,
                labels,
                status,
                value,
                reason,
                summary,
                slot,
                firingSince,
                receivers,
                null,
                null,
                null,
                null);
    }

    /** Without cause and rule. */
    public AlertEvent(
            String id,
            Type type,
            String alert,
            String incident,
            String monitor,
            Map<String, String> series,
            Map<String, String> labels,
            Status status,
            @Nullable Double value,
            String reason,
            String summary,
            Instant slot,
            Instant firingSince,
            List<String> receivers,
            @Nullable Boolean routes,
            @Nullable String unit) {
        this(
                id,
                type,
                alert,
                incident,
                monitor,
                series,
                labels,
                status,
                value,
                reason,
                summary,
                slot,
                firingSince,
                receivers,
                routes,
                unit,
                null,
                null);
    }

    /** The same facts, for a receiver that was notified of the firing before; its id is unchanged. */
    public AlertEvent asReminder() {
        return new AlertEvent(
                id,
                Type.REMINDER,
                alert,
                incident,
                monitor,
                series,
                labels,
                status,
                value,
                reason,
                summary,
                slot,
                firingSince,
                receivers,
                routes,
                unit,
                cause,
                rule);
    }

    /** Whether the routes choose receivers, in addition to those that the event names. */
    public boolean usesRoutes() {
        return receivers.isEmpty() || Boolean.TRUE.equals(routes);
    }
}
