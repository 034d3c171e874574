package io.growalert.dispatcher.handler;

import io.growalert.events.AlertEvent;
import java.util.Map;
import java.util.Optional;

/**
 * One alert event for one receiver.
 *
 * @param id the delivery's id: the same on every attempt, so that a receiver recognizes a repetition
 * @param receiver the receiver's name
 * @param body the event's JSON, unchanged from the topic
 * @param settled what earlier attempts settled, for a receiver with several addresses
 * @param captured values of the receiver's answers to earlier notifications of the same incident
 * @param occasion why it is sent
 */
public record Notification(
        String id,
        String receiver,
        AlertEvent event,
        String body,
        Settled settled,
        Map<String, String> captured,
        Presentation presentation,
        Occasion occasion) {
    public Notification {
        captured = Map.copyOf(captured);
    }

    public Notification(String id, String receiver, AlertEvent event, String body, Settled settled) {
        this(id, receiver, event, body, settled, Map.of(), Presentation.DEFAULT, Occasion.EVENT);
    }

    public Notification(String id, String receiver, AlertEvent event, String body) {
        this(id, receiver, event, body, Settled.NONE);
    }

    public Notification with(Presentation other) {
        return new Notification(id, receiver, event, body, settled, captured, other, occasion);
    }

    public Notification with(Map<String, String> other) {
        return new Notification(id, receiver, event, body, settled, other, presentation, occasion);
    }

    public Notification with(Occasion other) {
        return new Notification(id, receiver, event, body, settled, captured, presentation, other);
    }

    /** The link that acknowledges the incident; empty when there is nothing to acknowledge, or no link is configured. */
    public Optional<String> ackLink() {
        return presentation.ackLink(this);
    }
}
