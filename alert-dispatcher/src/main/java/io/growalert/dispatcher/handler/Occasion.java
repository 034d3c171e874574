package io.growalert.dispatcher.handler;

import java.time.Instant;

/**
 * Why a receiver is notified.
 *
 * @param step of an escalation, from 1; 0 for an event or the repeat of a route
 * @param repetition how often the step, or the route, notified before
 * @param queuedAt when the notification became due first; the same on each attempt
 */
public record Occasion(int step, int repetition, Instant queuedAt) {
    /** An event that arrived. */
    public static final Occasion EVENT = new Occasion(0, 0, Instant.EPOCH);

    public boolean isEscalation() {
        return step > 0;
    }

    /** The receiver was notified of the incident before, as by a reminder. */
    public boolean isRepetition() {
        return repetition > 0;
    }
}
