package io.growalert.dispatcher.handler;

import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Notifiable;
import java.util.Map;
import java.util.Optional;

/**
 * One alert event, or one message of a group, for one receiver.
 *
 * @param id the delivery's id: the same on every attempt, so that a receiver recognizes a repetition
 * @param receiver the receiver's name
 * @param body the content's JSON, unchanged from the topic or as the message was formed
 * @param settled what earlier attempts settled, for a receiver with several addresses
 * @param captured values of the receiver's answers to earlier notifications of the same incident
 * @param occasion why it is sent
 */
public record Notification(
        String id,
        String receiver,
        Notifiable content,
        String body,
        Settled settled,
        Map<String, String> captured,
        Presentation presentation,
        Occasion occasion) {
    public Notification {
        captured = Map.copyOf(captured);
    }

    public Notification(String id, String receiver, Notifiable content, String body, Settled settled) {
        this(id, receiver, content, body, settled, Map.of(), Presentation.DEFAULT, Occasion.EVENT);
    }

    public Notification(String id, String receiver, Notifiable content, String body) {
        this(id, receiver, content, body, Settled.NONE);
    }

    /**
     * The alert event.
     *
     * @throws IllegalStateException when the content is a group's message
     */
    public AlertEvent event() {
        return switch (content) {
            case AlertEvent event -> event;
            case GroupEvent group -> throw new IllegalStateException("%s is a group's message".formatted(group.id()));
        };
    }

    public Notification with(Presentation other) {
        return new Notification(id, receiver, content, body, settled, captured, other, occasion);
    }

    public Notification with(Map<String, String> other) {
        return new Notification(id, receiver, content, body, settled, other, presentation, occasion);
    }

    public Notification with(Occasion other) {
        return new Notification(id, receiver, content, body, settled, captured, presentation, other);
    }

    /** The link that acknowledges what fires; empty when there is nothing to acknowledge, or no link is configured. */
    public Optional<String> ackLink() {
        return presentation.ackLink(this);
    }
}
