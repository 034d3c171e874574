package io.growalert.evaluation.alert;

import io.growalert.events.AlertEvent;
import io.growalert.events.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A transition of an alert at a slot, with its reason.
 *
 * @param since the slot of the incident's firing
 * @param generation of the clock of {@code since}; null for the first
 */
public record Transition(
        AlertEvent.Type type,
        Instant slot,
        Instant since,
        @Nullable Instant generation,
        Status status,
        @Nullable Double value,
        String reason) {
    Transition in(@Nullable Instant otherGeneration) {
        return new Transition(type, slot, since, otherGeneration, status, value, reason);
    }
}
