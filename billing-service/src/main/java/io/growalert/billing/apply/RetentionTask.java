package io.growalert.billing.apply;

import io.growalert.billing.records.Origins;
import io.growalert.billing.webhook.EventRetention;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import java.time.InstantSource;

/** Deletes events and foreign objects past retention every hour, in small transactions so that no other one waits for long. */
final class RetentionTask {
    static final String NAME = "event-retention";

    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final EventRetention events;
    private final Origins origins;
    private final InstantSource clock;
    private final int step;

    /** @param step the most rows of a table that one transaction deletes */
    RetentionTask(EventRetention events, Origins origins, InstantSource clock, int step) {
        this.events = events;
        this.origins = origins;
        this.clock = clock;
        this.step = step;
    }

    ScheduledTask task() {
        return new ScheduledTask(NAME, INTERVAL, RETRY, this::deleteAll);
    }

    private void deleteAll(Progress progress) {
        while (deleteStep() > 0 && !Thread.currentThread().isInterrupted()) {
            progress.advanced();
        }
    }

    /** Deletes one step and returns how many rows. */
    int deleteStep() {
        return events.deleteStep(step) + origins.forgetStep(clock.instant(), step);
    }
}
