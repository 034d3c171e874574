package io.growalert.evaluation.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When reminders are due that go by the wall clock. */
final class Reminders {
    private Reminders() {}

    /** The last instant up to now that is a multiple of {@code repeat} after {@code notified}; empty when none is due. */
    static Optional<Instant> lastDue(Instant notified, Instant now, @Nullable Duration repeat) {
        if (repeat == null || Duration.between(notified, now).compareTo(repeat) < 0) {
            return Optional.empty();
        }
        return Optional.of(notified.plus(
                repeat.multipliedBy(Duration.between(notified, now).dividedBy(repeat))));
    }
}
