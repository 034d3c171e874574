package io.growalert.dispatcher.state;

import io.growalert.events.AlertEvent;
import io.growalert.events.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an alert does at a slot, and why.
 *
 * @param since the slot of the incident's firing
 */
record Transition(
        AlertEvent.Type type,
        Instant slot,
        Instant since,
        Status status,
        @Nullable Double value,
        String reason) {}
