package io.growalert.billing.fetch;

import io.growalert.billing.fetch.FetchQueue.Claim;
import io.growalert.billing.fetch.FetchQueue.FetchRequest;
import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.records.RejectedData;
import io.growalert.billing.stripe.MalformedObject;
import io.growalert.billing.stripe.Pace;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.stripe.StripeObjects;
import io.growalert.billing.stripe.StripeObjects.Answer;
import io.growalert.billing.webhook.EventUpdate;
import io.growalert.billing.webhook.RetryPolicy;
import io.growalert.billing.webhook.StoredEvents;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.loop.Waiter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Fetches objects from Stripe: several at once, within the request rate of all instances together. */
public final class Fetcher {
    private static final Logger LOG = LoggerFactory.getLogger(Fetcher.class);

    /** Each may hold a database connection, and webhooks need some too. */
    private static final int AT_ONCE = 4;

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final Loop.Options RETRY =
            Loop.Options.DEFAULT.withRetry(Duration.ofSeconds(1), Duration.ofSeconds(5));

    private final FetchQueue queue;
    private final StoredEvents events;
    private final FetchedObjects objects;
    private final StripeObjects stripe;
    private final Pace pace;
    private final MeterRegistry meters;
    private final Waiter storedEvents;
    private final Options options;
    private final Loop loop;
    private final Semaphore permits = new Semaphore(AT_ONCE);

    /**
     * @param lease longer than a request can take
     * @param attempts after which an object counts as unknown
     */
    public record Options(Duration poll, Duration lease, int attempts) {}

    /** @param storedEvents woken when events may be due after a fetch */
    public Fetcher(
            FetchQueue queue,
            StoredEvents events,
            FetchedObjects objects,
            StripeObjects stripe,
            Pace pace,
            MeterRegistry meters,
            Waiter storedEvents,
            Options options,
            Progress progress) {
        this.queue = queue;
        this.events = events;
        this.objects = objects;
        this.stripe = stripe;
        this.pace = pace;
        this.meters = meters;
        this.storedEvents = storedEvents;
        this.options = options;
        loop = new Loop(
                progress,
                "Claiming fetches failed; retrying",
                RETRY,
                _ -> startDue() > 0 ? Duration.ZERO : options.poll());
    }

    public Loop loop() {
        return loop;
    }

    /** Requests were added to the queue. */
    public void wake() {
        loop.wake();
    }

    /** Waits for the requests under way, after the loop was stopped. */
    public void awaitRequests() throws InterruptedException {
        if (!permits.tryAcquire(AT_ONCE, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.atInfo().log("Requests to Stripe did not end in time; they are repeated when their lease expires");
        }
    }

    /** Starts due fetches, as many as there are permits, and returns how many. */
    public int startDue() {
        int free = permits.availablePermits();
        var claims = free == 0 ? List.<Claim>of() : queue.claim(free, options.lease());
        claims.forEach(claim -> {
            permits.acquireUninterruptibly();
            Thread.ofVirtual().name("fetch-" + claim.object()).start(() -> fetch(claim));
        });
        return claims.size();
    }

    private void fetch(Claim claim) {
        try {
            pace.await();
            var outcome = settle(claim, stripe.fetch(claim.kind(), claim.object()));
            meters.counter("growalert.ledger.fetched", "outcome", outcome.text())
                    .increment();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("object", claim.object())
                    .log("Fetching an object failed; retrying when its lease expires");
        } finally {
            permits.release();
            loop.wake();
            storedEvents.wake();
        }
    }

    private FetchOutcome settle(Claim claim, Answer answer) {
        return switch (answer) {
            case Answer.Found(var json, var asOf) -> found(claim, json, asOf);
            case Answer.Gone _ -> fail(claim, FetchOutcome.GONE, claim.object() + " is not known to Stripe");
            case Answer.Refused(var reason) ->
                fail(claim, FetchOutcome.REFUSED, claim.object() + " is not shown by Stripe: " + reason);
            case Answer.Unavailable(var retryAfter, var reason) -> {
                var delay = RetryPolicy.delay(claim.attempt());
                queue.postpone(claim, reason, retryAfter.compareTo(delay) > 0 ? retryAfter : delay);
                LOG.atWarn()
                        .addKeyValue("object", claim.object())
                        .addKeyValue("attempt", claim.attempt())
                        .addKeyValue("reason", reason)
                        .log("Stripe is unavailable; fetch postponed");
                yield FetchOutcome.UNAVAILABLE;
            }
        };
    }

    private FetchOutcome found(Claim claim, String json, Instant asOf) {
        try {
            var result = objects.record(claim.kind(), StripeFields.parse(json), asOf, seen -> finish(claim, seen));
            return switch (result) {
                case RecordingResult.Recorded _ -> {
                    events.resume(claim.object());
                    yield FetchOutcome.FOUND;
                }
                case RecordingResult.Foreign(var isDeleted) -> {
                    if (isDeleted) {
                        events.fail(claim.object(), EventUpdate.CUSTOMER_DELETED);
                    } else {
                        events.resume(claim.object());
                    }
                    yield FetchOutcome.FOREIGN;
                }
                case RecordingResult.Orphaned(var _, var parent) -> orphaned(claim, parent + " is not known yet");
            };
        } catch (JacksonException e) {
            return fail(claim, FetchOutcome.BAD, claim.object() + " as fetched: expected JSON");
        } catch (MalformedObject e) {
            return fail(claim, FetchOutcome.BAD, claim.object() + " as fetched: " + e.getMessage());
        } catch (RuntimeException e) {
            var reason = RejectedData.reason(e).orElseThrow(() -> e);
            return fail(claim, FetchOutcome.BAD, claim.object() + " as fetched: " + reason);
        }
    }

    /** In the transaction that records the object, so that a batch that decides by an earlier state requests a new fetch. */
    private void finish(Claim claim, RecordingResult result) {
        switch (result) {
            case RecordingResult.Recorded _, RecordingResult.Foreign _ -> queue.finish(claim);
            case RecordingResult.Orphaned(var kind, var parent) ->
                queue.add(List.of(new FetchRequest(kind, parent, Instant.EPOCH, Duration.ZERO)));
        }
    }

    private FetchOutcome orphaned(Claim claim, String reason) {
        if (claim.attempt() >= options.attempts()) {
            return fail(claim, FetchOutcome.ORPHANED, reason);
        }
        queue.postpone(claim, reason, RetryPolicy.delay(claim.attempt()));
        return FetchOutcome.ORPHANED;
    }

    private FetchOutcome fail(Claim claim, FetchOutcome outcome, String reason) {
        queue.finish(claim);
        events.fail(claim.object(), reason);
        LOG.atWarn()
                .addKeyValue("object", claim.object())
                .addKeyValue("reason", reason)
                .log("Object cannot be fetched; the events that await it are retried without it");
        return outcome;
    }
}
