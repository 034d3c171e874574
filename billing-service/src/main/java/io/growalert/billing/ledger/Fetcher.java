package io.growalert.billing.ledger;

import io.growalert.billing.ledger.Fetches.Claim;
import io.growalert.billing.ledger.Fetches.Wanted;
import io.growalert.billing.stripe.Pace;
import io.growalert.billing.stripe.StripeObjects;
import io.growalert.billing.stripe.StripeObjects.Answer;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Reads from Stripe what events alone cannot decide: several objects at once, at the pace of all instances together. */
final class Fetcher implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Fetcher.class);

    /** Each may hold a connection of the database, of which webhooks need some too. */
    private static final int AT_ONCE = 4;

    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Ledger ledger;
    private final Fetches fetches;
    private final StripeObjects stripe;
    private final Pace pace;
    private final LedgerMetrics metrics;
    private final LedgerSignal applied;
    private final Options options;
    private final Progress progress;

    private final LedgerSignal signal = new LedgerSignal();
    private final Semaphore free = new Semaphore(AT_ONCE);
    private volatile boolean stopped;

    /**
     * @param lease longer than a request takes at most
     * @param attempts after how many an object counts as unknown
     */
    record Options(Duration poll, Duration lease, int attempts) {}

    Fetcher(
            Ledger ledger,
            Fetches fetches,
            StripeObjects stripe,
            Pace pace,
            LedgerMetrics metrics,
            LedgerSignal applied,
            Options options,
            Progress progress) {
        this.ledger = ledger;
        this.fetches = fetches;
        this.stripe = stripe;
        this.pace = pace;
        this.metrics = metrics;
        this.applied = applied;
        this.options = options;
        this.progress = progress;
    }

    Progress progress() {
        return progress;
    }

    @Override
    public void run() {
        while (!stopped) {
            var pause = options.poll();
            progress.begin();
            try {
                if (round() > 0) {
                    pause = Duration.ZERO;
                }
                progress.end();
            } catch (RuntimeException e) {
                progress.failed(e);
                LOG.atWarn().setCause(e).log("Objects cannot be fetched; it is tried again");
                pause = AFTER_A_FAULT;
            } catch (Throwable e) {
                progress.failed(e);
                LOG.atError().setCause(e).log("Fetching objects failed with an internal error; retrying");
                pause = AFTER_A_FAULT;
            }
            await(pause);
        }
    }

    /** There is something to be fetched, now or soon. */
    void wake() {
        signal.wake();
    }

    void stop() {
        stopped = true;
        signal.wake();
    }

    /** Waits for the requests that are under way. */
    void settle() throws InterruptedException {
        if (!free.tryAcquire(AT_ONCE, GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.atInfo().log("Requests to Stripe are still under way; they are made again when their lease ends");
        }
    }

    /** Begins with what is due, as far as there is room, and says with how much. */
    int round() {
        int room = free.availablePermits();
        var claims = room == 0 ? List.<Claim>of() : fetches.claim(room, options.lease());
        claims.forEach(claim -> {
            free.acquireUninterruptibly();
            Thread.ofVirtual().name("fetch-" + claim.object()).start(() -> fetch(claim));
        });
        return claims.size();
    }

    private void fetch(Claim claim) {
        try {
            pace.await();
            metrics.fetched(settle(claim, stripe.fetch(claim.kind(), claim.object())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("object", claim.object())
                    .log("An object cannot be fetched; it is tried again when its lease ends");
        } finally {
            free.release();
            signal.wake();
            applied.wake();
        }
    }

    private String settle(Claim claim, Answer answer) {
        return switch (answer) {
            case Answer.Found(var json, var asOf) -> found(claim, json, asOf);
            case Answer.Gone _ -> fail(claim, "gone", claim.object() + " is not known to Stripe");
            case Answer.Refused(var reason) ->
                fail(claim, "refused", claim.object() + " is not shown by Stripe: " + reason);
            case Answer.Unavailable(var retryAfter, var reason) -> {
                var pause = Patience.pause(claim.attempt());
                fetches.postpone(claim, reason, retryAfter.compareTo(pause) > 0 ? retryAfter : pause);
                LOG.atWarn()
                        .addKeyValue("object", claim.object())
                        .addKeyValue("attempt", claim.attempt())
                        .addKeyValue("reason", reason)
                        .log("Stripe does not answer; the object is fetched later");
                yield "unavailable";
            }
        };
    }

    private String found(Claim claim, String json, Instant asOf) {
        try {
            var observed = ledger.observe(claim.kind(), Projected.parse(json), asOf, seen -> finish(claim, seen));
            return switch (observed) {
                case Observed.Recorded _ -> {
                    fetches.wake(claim.object());
                    yield "found";
                }
                case Observed.Foreign(var isDeleted) -> {
                    if (isDeleted) {
                        fetches.disappoint(claim.object(), Origins.DELETED);
                    } else {
                        fetches.wake(claim.object());
                    }
                    yield "foreign";
                }
                case Observed.Orphaned(var _, var parent) -> orphaned(claim, parent + " is not known yet");
            };
        } catch (JacksonException e) {
            return fail(claim, "bad", claim.object() + " as fetched: expected JSON");
        } catch (BadShape e) {
            return fail(claim, "bad", claim.object() + " as fetched: " + e.getMessage());
        } catch (RuntimeException e) {
            var reason = Refusal.reason(e).orElseThrow(() -> e);
            return fail(claim, "bad", claim.object() + " as fetched: " + reason);
        }
    }

    /** Within the transaction of the observation, so that whoever decides later by what was before asks anew. */
    private void finish(Claim claim, Observed observed) {
        switch (observed) {
            case Observed.Recorded _, Observed.Foreign _ -> fetches.finish(claim);
            case Observed.Orphaned(var kind, var parent) ->
                fetches.want(List.of(new Wanted(kind, parent, Instant.EPOCH, Duration.ZERO)));
        }
    }

    private String orphaned(Claim claim, String reason) {
        if (claim.attempt() >= options.attempts()) {
            return fail(claim, "orphaned", reason);
        }
        fetches.postpone(claim, reason, Patience.pause(claim.attempt()));
        return "orphaned";
    }

    private String fail(Claim claim, String word, String reason) {
        fetches.finish(claim);
        fetches.disappoint(claim.object(), reason);
        LOG.atWarn()
                .addKeyValue("object", claim.object())
                .addKeyValue("reason", reason)
                .log("An object cannot be read from Stripe; the events that wait for it are tried again without");
        return word;
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
