package io.growalert.billing.apply;

import io.growalert.billing.records.Origins;
import io.growalert.billing.webhook.EventRetention;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Deletes events and foreign objects past retention, in small transactions so that no other one waits for long. */
final class Retention {
    private static final Duration INTERVAL = Duration.ofHours(1);

    private final EventRetention events;
    private final Origins origins;
    private final InstantSource clock;
    private final int step;
    private Instant next = Instant.MIN;

    /** @param step the most rows of a table that one transaction deletes */
    Retention(EventRetention events, Origins origins, InstantSource clock, int step) {
        this.events = events;
        this.origins = origins;
        this.clock = clock;
        this.step = step;
    }

    /** Deletes one step when it is due and returns how many: every hour, and at once while there are more. */
    int deleteDue() {
        var now = clock.instant();
        if (now.isBefore(next)) {
            return 0;
        }
        int deletedEvents = events.deleteStep(step);
        int forgotten = origins.forgetStep(now, step);
        if (deletedEvents < step && forgotten < step) {
            next = now.plus(INTERVAL);
        }
        return deletedEvents + forgotten;
    }
}
