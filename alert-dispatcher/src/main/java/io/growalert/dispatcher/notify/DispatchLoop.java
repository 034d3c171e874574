package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.bucket4j.TimeMeter;
import io.growalert.dispatcher.handler.Answered;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Settled;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Json;
import io.growalert.events.Notifiable;
import io.growalert.runtime.loop.Loop;
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
 * Stage 4, running: claims the deliveries that are due, calls their handlers and records the outcomes. One thread does all
 * database work, one round at a time; each handler runs on its own virtual thread.
 */
final class DispatchLoop {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchLoop.class);

    private static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofHours(24);
    private static final Duration AFTER_INTERNAL_ERROR = Duration.ofSeconds(1);

    private final String owner;
    private final Deliveries deliveries;
    private final Receivers receivers;
    private final Backoff backoff;
    private final DeliveryMetrics metrics;
    private final Loop loop;

    private final LinkedBlockingQueue<Verdict> finished = new LinkedBlockingQueue<>();
    private final Map<Deliveries.Claim, Thread> running = new ConcurrentHashMap<>();
    private final Map<String, Integer> underWay = new HashMap<>();
    private final ReceiverRates rates = new ReceiverRates(TimeMeter.SYSTEM_NANOTIME);
    private final ReceiverCircuits circuits;

    DispatchLoop(
            String owner,
            Deliveries deliveries,
            Receivers receivers,
            Backoff backoff,
            DeliveryMetrics metrics,
            Duration poll) {
        this(owner, deliveries, receivers, backoff, metrics, new ReceiverCircuits(System::nanoTime), poll);
    }

    DispatchLoop(
            String owner,
            Deliveries deliveries,
            Receivers receivers,
            Backoff backoff,
            DeliveryMetrics metrics,
            ReceiverCircuits circuits,
            Duration poll) {
        this.circuits = circuits;
        this.owner = owner;
        this.deliveries = deliveries;
        this.receivers = receivers;
        this.backoff = backoff;
        this.metrics = metrics;
        this.loop = new Loop("dispatch", "Delivery round failed; retrying", Notifier.LOOPS.withRetry(poll, poll), _ -> {
            round();
            return poll;
        });
    }

    Loop loop() {
        return loop;
    }

    /** There may be new deliveries that are due. */
    void wake() {
        loop.wake();
    }

    /**
     * Records the outcomes of the handlers that finish within the grace, interrupts the others and releases their leases; to
     * be called when the loop has stopped. An interrupt ends the grace.
     */
    void settle(Duration grace) {
        boolean interrupted = !finishWithin(grace);
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

    /** False when this thread was interrupted meanwhile; the interrupt is cleared. */
    private boolean finishWithin(Duration grace) {
        long deadline = System.nanoTime() + grace.toNanos();
        try {
            for (var handler : running.values()) {
                handler.join(Duration.ofNanos(deadline - System.nanoTime()));
            }
            return !Thread.interrupted();
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Runs one round, and returns how many deliveries it started. */
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
        verdicts.forEach(circuits::record);
        round.claims().forEach(claim -> rates.spend(claim.receiver()));
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
                    int permitted = Math.min(circuits.permits(name, busy, free), rates.permits(open.receiver(), free));
                    return new Deliveries.Room(
                            open.receiver(), permitted, open.handler().timeout());
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
        long started = System.nanoTime();
        try {
            finished.add(verdict(claim, started));
        } catch (InterruptedException e) {
            // the dispatcher stops: the lease is released, and the delivery is attempted again
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // without a verdict the receiver would lose this permit for good
            var retry = Answered.none(new Outcome.Retry(String.valueOf(e)));
            finished.add(
                    new Verdict(claim, "pending", String.valueOf(e), AFTER_INTERNAL_ERROR, DEFAULT_TIME_TO_LIVE, null)
                            .with(AttemptTable.Row.of(started, retry)));
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("deliveryId", claim.id())
                    .log("Attempt failed with an internal error; retrying");
        } finally {
            running.remove(claim);
            loop.wake();
        }
    }

    private Verdict verdict(Deliveries.Claim claim, long started) throws InterruptedException {
        var found = receivers.find(claim.receiver());
        if (found.isEmpty()) {
            // its file may be replaced at the moment; deliveries of a receiver that stays unknown are parked
            return Verdict.of(
                    claim, new Outcome.Retry("this receiver is no longer defined"), DEFAULT_TIME_TO_LIVE, backoff);
        }
        var open = found.get();
        var notification = new Notification(
                claim.id(),
                claim.receiver(),
                content(claim),
                claim.body(),
                Settled.read(claim.settled()),
                CapturedValues.read(claim.captured()),
                open.receiver().presentation(),
                claim.occasion());
        var answered = Attempt.at(open.handler(), notification);
        metrics.attempted(claim.receiver(), answered.outcome());
        return Verdict.of(claim, answered.outcome(), open.receiver().timeToLive(), backoff)
                .with(AttemptTable.Row.of(started, answered));
    }

    /** A repetition is shown as a reminder, whatever the event was. */
    private static Notifiable content(Deliveries.Claim claim) {
        var body = claim.body().getBytes(UTF_8);
        if (claim.isGroup()) {
            return Json.read(body, GroupEvent.class);
        }
        var event = Json.read(body, AlertEvent.class);
        return claim.occasion().isRepetition() ? event.asReminder() : event;
    }

    private void settled(Deliveries.Round round) {
        round.recorded().forEach(metrics::recorded);
    }

    private void warnOfLost(List<Verdict> verdicts, List<Deliveries.Recorded> recorded) {
        if (recorded.size() == verdicts.size()) {
            return;
        }
        var stored = recorded.stream().map(Deliveries.Recorded::id).toList();
        verdicts.stream()
                .map(Verdict::claim)
                .filter(claim -> !stored.contains(claim.id()))
                .forEach(claim -> {
                    metrics.leaseLost(claim.receiver());
                    LOG.atWarn()
                            .addKeyValue("deliveryId", claim.id())
                            .addKeyValue("receiver", claim.receiver())
                            .log("Lease expired; outcome discarded");
                });
    }
}
