package io.growalert.events;

import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a notification: the value of {@link Topics#NOTIFICATIONS}, with the incident's id as key, or the silence's.
 *
 * @param id the event's id, the same for every repetition
 * @param incident of a delivery and an incident; null for a silence
 * @param alert the incident's alert
 * @param monitor the incident's monitor
 * @param silence only of a silence
 * @param delivery only of a delivery; a delivery for several incidents has an event for each
 * @param event the id of the alert event that is delivered; null for other deliveries
 * @param receiver of the delivery or the escalation
 * @param attempts of the delivery so far
 * @param by the operator who acknowledged, or who created the silence; {@code definitions} when a definition file did
 * @param step of the escalation, from 1 on
 */
public record NotificationEvent(
        String id,
        Type type,
        Instant time,
        @Nullable String incident,
        @Nullable String alert,
        @Nullable String monitor,
        @Nullable String silence,
        @Nullable String delivery,
        @Nullable String event,
        @Nullable String receiver,
        @Nullable Integer attempts,
        @Nullable String by,
        @Nullable Integer step) {
    /** What happened. */
    public enum Type {
        /** A silence, or an interval of the routes, holds the delivery. */
        @JsonProperty("delivery-held")
        DELIVERY_HELD("delivery-held"),
        @JsonProperty("delivery-delivered")
        DELIVERY_DELIVERED("delivery-delivered"),
        /** No attempt follows, unless an operator redrives it. */
        @JsonProperty("delivery-parked")
        DELIVERY_PARKED("delivery-parked"),
        /** A later event of the alert replaced it before it was delivered. */
        @JsonProperty("delivery-superseded")
        DELIVERY_SUPERSEDED("delivery-superseded"),
        /** It is never delivered: what it reports started and ended inside a silence. */
        @JsonProperty("delivery-dropped")
        DELIVERY_DROPPED("delivery-dropped"),
        /** A parked one is due again. */
        @JsonProperty("delivery-redriven")
        DELIVERY_REDRIVEN("delivery-redriven"),
        /** A parked one stays parked, and an operator knows. */
        @JsonProperty("delivery-acknowledged")
        DELIVERY_ACKNOWLEDGED("delivery-acknowledged"),
        @JsonProperty("incident-acknowledged")
        INCIDENT_ACKNOWLEDGED("incident-acknowledged"),
        @JsonProperty("incident-acknowledgement-ended")
        INCIDENT_ACKNOWLEDGEMENT_ENDED("incident-acknowledgement-ended"),
        @JsonProperty("incident-escalated")
        INCIDENT_ESCALATED("incident-escalated"),
        @JsonProperty("silence-started")
        SILENCE_STARTED("silence-started"),
        @JsonProperty("silence-changed")
        SILENCE_CHANGED("silence-changed"),
        @JsonProperty("silence-ended")
        SILENCE_ENDED("silence-ended");

        private final String wire;

        Type(String wire) {
            this.wire = wire;
        }

        /** The name in JSON. */
        public String wire() {
            return wire;
        }
    }

    public NotificationEvent {
        required(id, "id");
        required(type, "type");
        required(time, "time");
        require((incident == null) != (silence == null), "an event is about either an incident or a silence");
    }

    /** The key of its records. */
    public String key() {
        return incident == null ? String.valueOf(silence) : incident;
    }

    /** What it is about: the delivery, or else the incident or the silence. */
    public String subject() {
        return delivery == null ? key() : delivery;
    }
}
