package io.growalert.events;

/** What a receiver is notified of. */
public sealed interface Notifiable permits AlertEvent, GroupEvent {
    /** The event's id, the same for every repetition. */
    String id();
}
