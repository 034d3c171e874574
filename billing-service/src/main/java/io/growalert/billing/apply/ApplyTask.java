package io.growalert.billing.apply;

import io.growalert.billing.fetch.Fetcher;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Waiter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;

/** Applies due events, one batch a round. Several instances of it run at once, each in its own loop. */
final class ApplyTask implements Loop.Task {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyTask.class);

    /** All due events belong to customers that other transactions have locked. */
    private static final Duration WHILE_LOCKED = Duration.ofMillis(10);
    /** Further conflicts in a row are failures, with the loop's back-off. */
    private static final int CONFLICTS = 10;

    private final EventApplier applier;
    private final int batch;
    private final Waiter storedEvents;
    private final Fetcher fetcher;
    private final ApplyMetrics metrics;
    private final Duration poll;
    /** The shortest delay of an event since the last wait. */
    private @Nullable Duration shortestDelay;

    private int conflicts;

    ApplyTask(
            EventApplier applier,
            int batch,
            Waiter storedEvents,
            Fetcher fetcher,
            ApplyMetrics metrics,
            Duration poll) {
        this.applier = applier;
        this.batch = batch;
        this.storedEvents = storedEvents;
        this.fetcher = fetcher;
        this.metrics = metrics;
        this.poll = poll;
    }

    @Override
    public Duration round(Loop loop) {
        return round();
    }

    /** Applies one batch and returns how long to wait for further events. */
    Duration round() {
        long start = System.nanoTime();
        try {
            var round = applier.apply(batch);
            metrics.applied(round, Duration.ofNanos(System.nanoTime() - start));
            conflicts = 0;
            return settled(round);
        } catch (ConcurrencyFailureException e) {
            if (++conflicts > CONFLICTS) {
                throw e;
            }
            LOG.atInfo().addKeyValue("reason", e.getClass().getSimpleName()).log("Concurrent batch conflict; retrying");
            return WHILE_LOCKED;
        }
    }

    private Duration settled(EventApplier.Round round) {
        if (round.fetches() > 0) {
            fetcher.wake();
        }
        round.results().forEach(result -> {
            report(result);
            remember(result.update().delay());
        });
        if (round.blocked()) {
            return WHILE_LOCKED;
        }
        if (round.claimed() == 0) {
            var wait = shortestDelay == null ? poll : shortestDelay;
            shortestDelay = null;
            return wait;
        }
        if (round.results().isEmpty()) {
            return WHILE_LOCKED;
        }
        if (round.claimed() == batch) {
            // more events are due than one loop can apply
            storedEvents.wake();
        }
        return Duration.ZERO;
    }

    private void remember(@Nullable Duration delay) {
        if (delay != null && delay.compareTo(poll) < 0) {
            shortestDelay = shortestDelay == null || delay.compareTo(shortestDelay) < 0 ? delay : shortestDelay;
        }
    }

    private static void report(EventResult result) {
        var update = result.update();
        switch (result.outcome()) {
            case PARKED ->
                LOG.atError()
                        .addKeyValue("stripeEventId", update.event().id())
                        .addKeyValue("type", update.event().type())
                        .addKeyValue("reason", update.error())
                        .log("Event parked; replay it with growalert billing replay");
            case FAILED ->
                LOG.atWarn()
                        .addKeyValue("stripeEventId", update.event().id())
                        .addKeyValue("type", update.event().type())
                        .addKeyValue("attempt", update.attempts())
                        .addKeyValue("reason", update.error())
                        .log("Applying an event failed; retrying");
            case APPLIED, SAME, STALE, TIE, PARENT, ERASED, FOREIGN, IGNORED -> {}
        }
    }
}
