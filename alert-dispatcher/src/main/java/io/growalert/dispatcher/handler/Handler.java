package io.growalert.dispatcher.handler;

import java.time.Duration;

/** Notifies one receiver. Virtual threads call it concurrently, up to the receiver's limit. */
public interface Handler {
    /**
     * Notifies the receiver and waits for its response. A call may be repeated with the same notification: it is unknown whether
     * an interrupted attempt arrived.
     *
     * @throws InterruptedException when {@link #timeout} has passed, or the dispatcher stops
     * @throws Exception an unexpected failure; it is retried like {@link Outcome.Retry}
     */
    Outcome deliver(Notification notification) throws Exception;

    /** As {@link #deliver}, with the receiver's response where there is one. */
    default Answered attempt(Notification notification) throws Exception {
        return Answered.none(deliver(notification));
    }

    /** What would be sent, for operators, with {@code ***} for secrets; sends nothing. */
    default String preview(Notification notification) {
        return notification.body();
    }

    /** After this time a call is interrupted, and counts as {@link Outcome.Retry}. */
    Duration timeout();
}
