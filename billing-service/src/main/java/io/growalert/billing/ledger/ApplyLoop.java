package io.growalert.billing.ledger;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;

/** Applies what is due, batch after batch, and looks again when it is called, or when it is time to. Several run at once. */
final class ApplyLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyLoop.class);

    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(1);
    /** All that is due belongs to customers whom others are at. */
    private static final Duration WHILE_LOCKED = Duration.ofMillis(10);

    private final Ledger ledger;
    private final int batch;
    private final LedgerSignal signal;
    private final Fetcher fetcher;
    private final LedgerMetrics metrics;
    private final Duration poll;
    private final Progress progress;
    /** The shortest of the waits that began since the last pause. */
    private @Nullable Duration wait;

    private volatile boolean stopped;

    ApplyLoop(
            Ledger ledger,
            int batch,
            LedgerSignal signal,
            Fetcher fetcher,
            LedgerMetrics metrics,
            Duration poll,
            Progress progress) {
        this.ledger = ledger;
        this.batch = batch;
        this.signal = signal;
        this.fetcher = fetcher;
        this.metrics = metrics;
        this.poll = poll;
        this.progress = progress;
    }

    Progress progress() {
        return progress;
    }

    @Override
    public void run() {
        while (!stopped) {
            var pause = round();
            if (pause.isPositive()) {
                await(pause);
            }
        }
    }

    /** Finishes its batch, and claims no other: {@link #run} returns. */
    void stop() {
        stopped = true;
        signal.wake();
    }

    /** Applies one batch, and says how long there is nothing to do unless somebody calls. */
    Duration round() {
        long start = System.nanoTime();
        progress.begin();
        try {
            var round = ledger.apply(batch);
            metrics.applied(round, Duration.ofNanos(System.nanoTime() - start));
            progress.end();
            return settled(round);
        } catch (ConcurrencyFailureException e) {
            progress.failed(e);
            LOG.atInfo()
                    .addKeyValue("reason", e.getClass().getSimpleName())
                    .log("A batch of events met another one; it is applied again");
            return WHILE_LOCKED;
        } catch (RuntimeException e) {
            progress.failed(e);
            LOG.atWarn().setCause(e).log("Events cannot be applied; it is tried again");
            return AFTER_A_FAULT;
        } catch (Throwable e) {
            progress.failed(e);
            LOG.atError().setCause(e).log("Applying events failed with an internal error; retrying");
            return AFTER_A_FAULT;
        }
    }

    private Duration settled(Ledger.Round round) {
        if (round.fetches() > 0) {
            fetcher.wake();
        }
        round.outcomes().forEach(outcome -> {
            tell(outcome);
            remember(outcome.mark().delay());
        });
        if (round.claimed() == 0) {
            var pause = wait == null ? poll : wait;
            wait = null;
            return pause;
        }
        if (round.outcomes().isEmpty()) {
            return WHILE_LOCKED;
        }
        if (round.claimed() == batch) {
            // there is more than one can do
            signal.wake();
        }
        return Duration.ZERO;
    }

    private void remember(@Nullable Duration delay) {
        if (delay != null && delay.compareTo(poll) < 0) {
            wait = wait == null || delay.compareTo(wait) < 0 ? delay : wait;
        }
    }

    private static void tell(Batch.Outcome outcome) {
        var mark = outcome.mark();
        switch (outcome.word()) {
            case "parked" ->
                LOG.atError()
                        .addKeyValue("stripeEventId", mark.event().id())
                        .addKeyValue("type", mark.event().type())
                        .addKeyValue("reason", mark.error())
                        .log("An event is parked; it is applied again by growalert billing replay");
            case "failed" ->
                LOG.atWarn()
                        .addKeyValue("stripeEventId", mark.event().id())
                        .addKeyValue("type", mark.event().type())
                        .addKeyValue("attempt", mark.attempts())
                        .addKeyValue("reason", mark.error())
                        .log("An event cannot be applied; it is tried again");
            default -> {}
        }
    }

    private void await(Duration atMost) {
        try {
            signal.await(atMost);
        } catch (InterruptedException e) {
            stopped = true;
            Thread.currentThread().interrupt();
        }
    }
}
