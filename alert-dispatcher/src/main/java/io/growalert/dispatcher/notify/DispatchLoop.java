package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Settled;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stage 4 in motion: claim what is due, call the handlers, record what came of it. One thread does all that touches the
 * database, a round at a time; each handler runs on a virtual thread of its own.
 */
final class DispatchLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchLoop.class);

    private static final Duration DEFAULT_LIFE = Duration.ofHours(24);
    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(1);

    private final String owner;
    private final Deliveries deliveries;
    private final Receivers receivers;
    private final Backoff backoff;
    private final DeliveryMetrics metrics;
    private final Duration poll;

    private final Progress progress = new Progress("dispatch");
    private final Waiter waiter = new Waiter();
    private final LinkedBlockingQueue<Verdict> finished = new LinkedBlockingQueue<>();
    private final Map<Deliveries.Claim, Thread> running = new ConcurrentHashMap<>();
    private final Map<String, Integer> underWay = new HashMap<>();
    private volatile boolean stopped;

    DispatchLoop(
            String owner,
            Deliveries deliveries,
            Receivers receivers,
            Backoff backoff,
            DeliveryMetrics metrics,
            Duration poll) {
        this.owner = owner;
        this.deliveries = deliveries;
        this.receivers = receivers;
        this.backoff = backoff;
        this.metrics = metrics;
        this.poll = poll;
    }

    @Override
    public void run() {
        while (!stopped) {
            progress.begin();
            try {
                round();
                progress.end();
            } catch (RuntimeException e) {
                progress.failed(e);
                LOG.atWarn().setCause(e).log("A round of deliveries failed; retrying");
            } catch (Throwable e) {
                progress.failed(e);
                LOG.atError().setCause(e).log("A round of deliveries failed with an internal error; retrying");
            }
            await(poll);
        }
    }

    Progress progress() {
        return progress;
    }

    /** Something is new, or may be. */
    void wake() {
        waiter.wake();
    }

    /** Claims nothing from now on; {@link #run} returns. */
    void stop() {
        stopped = true;
        waiter.wake();
    }

    /** Records what finishes within the grace, interrupts the rest and gives its leases back. After {@link #run} returned. An interrupt ends the grace. */
    void settle(Duration grace) {
        long deadline = System.nanoTime() + grace.toNanos();
        boolean interrupted = Thread.interrupted();
        while (!interrupted && !running.isEmpty() && System.nanoTime() < deadline) {
            await(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            interrupted = Thread.interrupted();
        }
        running.values().forEach(Thread::interrupt);
        try {
            // not while interrupted, since that would cost the connection
            settled(deliveries.round(owner, drained(), List.of()));
            deliveries.release(owner);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Recording the last outcomes failed; those deliveries are attempted again");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One round, and how many deliveries it began. */
    int round() {
        var verdicts = drained();
        Deliveries.Round round;
        try {
            round = deliveries.round(owner, verdicts, rooms(verdicts));
        } catch (RuntimeException | Error e) {
            finished.addAll(verdicts);
            throw e;
        }
        verdicts.forEach(verdict -> underWay.merge(verdict.claim().receiver(), -1, Integer::sum));
        round.claims().forEach(this::begin);
        settled(round);
        warnOfLost(verdicts, round.recorded());
        return round.claims().size();
    }

    private List<Verdict> drained() {
        var verdicts = new ArrayList<Verdict>();
        finished.drainTo(verdicts);
        return verdicts;
    }

    private List<Deliveries.Room> rooms(List<Verdict> verdicts) {
        var freed = new HashMap<String, Integer>();
        verdicts.forEach(verdict -> freed.merge(verdict.claim().receiver(), 1, Integer::sum));
        return receivers.all().values().stream()
                .map(open -> {
                    var name = open.receiver().name();
                    int busy = underWay.getOrDefault(name, 0) - freed.getOrDefault(name, 0);
                    int free = open.receiver().concurrency() - busy;
                    return new Deliveries.Room(
                            open.receiver(), free, open.handler().timeout());
                })
                .filter(room -> room.free() > 0)
                .toList();
    }

    private void begin(Deliveries.Claim claim) {
        underWay.merge(claim.receiver(), 1, Integer::sum);
        var thread = Thread.ofVirtual().name("delivery-" + claim.id()).unstarted(() -> attempt(claim));
        running.put(claim, thread);
        thread.start();
    }

    private void attempt(Deliveries.Claim claim) {
        try {
            finished.add(verdict(claim));
        } catch (InterruptedException e) {
            // the dispatcher stops: its lease is given back, and the delivery is made again
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // without a verdict its place would be taken for good
            finished.add(new Verdict(claim, "pending", String.valueOf(e), AFTER_A_FAULT, DEFAULT_LIFE, null));
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("deliveryId", claim.id())
                    .log("Attempt failed with an internal error; retrying");
        } finally {
            running.remove(claim);
            waiter.wake();
        }
    }

    private Verdict verdict(Deliveries.Claim claim) throws InterruptedException {
        var found = receivers.find(claim.receiver());
        if (found.isEmpty()) {
            // its file may be on the move; the upkeep parks it if this lasts
            return Verdict.of(claim, new Outcome.Retry("this receiver is no longer defined"), DEFAULT_LIFE, backoff);
        }
        var open = found.get();
        var event = Json.read(claim.body().getBytes(UTF_8), AlertEvent.class);
        var notification =
                new Notification(claim.id(), claim.receiver(), event, claim.body(), Settled.read(claim.settled()));
        var outcome = Attempt.at(open.handler(), notification);
        metrics.attempted(claim.receiver(), outcome);
        return Verdict.of(claim, outcome, open.receiver().timeToLive(), backoff);
    }

    private void settled(Deliveries.Round round) {
        round.recorded().forEach(metrics::recorded);
    }

    private void warnOfLost(List<Verdict> verdicts, List<Deliveries.Recorded> recorded) {
        if (recorded.size() == verdicts.size()) {
            return;
        }
        var kept = recorded.stream().map(Deliveries.Recorded::id).toList();
        verdicts.stream()
                .map(Verdict::claim)
                .filter(claim -> !kept.contains(claim.id()))
                .forEach(claim -> {
                    metrics.leaseLost(claim.receiver());
                    LOG.atWarn()
                            .addKeyValue("deliveryId", claim.id())
                            .addKeyValue("receiver", claim.receiver())
                            .log("Lease expired; outcome discarded");
                });
    }

    private void await(Duration atMost) {
        try {
            waiter.await(atMost);
        } catch (InterruptedException e) {
            stopped = true;
            Thread.currentThread().interrupt();
        }
    }
}
