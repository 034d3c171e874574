package io.growalert.dispatcher.handler;

import io.growalert.events.AlertEvent;

/**
 * One alert event for one receiver.
 *
 * @param id the delivery's id: the same on every attempt, so that a receiver recognizes a repetition
 * @param receiver the receiver's name
 * @param body the event's JSON, unchanged from the topic
 * @param settled what earlier attempts settled, for a receiver with several addresses
 */
public record Notification(String id, String receiver, AlertEvent event, String body, Settled settled) {
    public Notification(String id, String receiver, AlertEvent event, String body) {
        this(id, receiver, event, body, Settled.NONE);
    }
}
