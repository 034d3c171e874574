package io.growalert.dispatcher.handler;

import java.time.Duration;

/** Tells one receiver. It is called by several threads at once, each virtual, up to the receiver's limit. */
public interface Handler {
    /**
     * Notifies it, and waits for the answer. A call may be repeated with the same notification, since it is unknown whether an
     * attempt that was cut short arrived.
     *
     * @throws InterruptedException when {@link #timeout} has passed, or the dispatcher stops
     * @throws Exception what was not foreseen; it is tried again like {@link Outcome.Retry}
     */
    Outcome deliver(Notification notification) throws Exception;

    /** How long a call may take; then it is interrupted and counts as {@link Outcome.Retry}. */
    Duration timeout();
}
