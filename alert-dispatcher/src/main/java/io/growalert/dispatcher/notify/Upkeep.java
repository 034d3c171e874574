package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What has to be looked after by the clock: mutes that end, receivers that change or are unknown, what is past retention, the
 * size of the backlog.
 */
final class Upkeep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final int ROUNDS_PER_COUNT = 10;
    /** Another instance may know the receiver, or its file is on its way. */
    static final Duration GRACE = Duration.ofMinutes(1);

    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final int HEARTBEATS_PER_LIFETIME = 6;

    private final KnownReceivers known;
    private final Acknowledgements acknowledgements;
    private final Mutes mutes;
    private final Retention retention;
    private final Receivers receivers;
    private final DeliveryMetrics metrics;
    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Runnable onRelease;
    private final Duration every;
    private final Progress progress = new Progress("upkeep");
    private final Map<String, Instant> unknownSince = new HashMap<>();
    private final Waiter waiter = new Waiter();
    private volatile boolean stopped;
    private volatile boolean recount;
    private volatile Map<String, Long> parked = Map.of();
    private Set<String> published = Set.of();
    private Instant publishedAt = Instant.MIN;

    Upkeep(
            KnownReceivers known,
            Acknowledgements acknowledgements,
            Mutes mutes,
            Retention retention,
            Receivers receivers,
            DeliveryMetrics metrics,
            JdbcClient jdbc,
            InstantSource clock,
            Runnable onRelease,
            Duration every) {
        this.known = known;
        this.acknowledgements = acknowledgements;
        this.mutes = mutes;
        this.retention = retention;
        this.receivers = receivers;
        this.metrics = metrics;
        this.jdbc = jdbc;
        this.clock = clock;
        this.onRelease = onRelease;
        this.every = every;
    }

    @Override
    public void run() {
        for (long round = 0; !stopped; round++) {
            progress.begin();
            try {
                receivers.refresh();
                tidy();
                retention.deleteDue();
                if (metrics.reportParked() || recount || round % ROUNDS_PER_COUNT == 0) {
                    recount = false;
                    count();
                }
                progress.end();
            } catch (RuntimeException e) {
                progress.failed(e);
                LOG.atWarn().setCause(e).log("Upkeep of the deliveries failed; retrying");
            } catch (Throwable e) {
                progress.failed(e);
                LOG.atError().setCause(e).log("Upkeep of the deliveries failed with an internal error; retrying");
            }
            try {
                waiter.await(every);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        metrics.reportParked();
    }

    void stop() {
        stopped = true;
        waiter.wake();
    }

    Progress progress() {
        return progress;
    }

    /** The parked deliveries that are not acknowledged, by receiver, as of the last count. */
    Map<String, Long> parked() {
        return parked;
    }

    /** Counts again at once. */
    void recount() {
        recount = true;
        waiter.wake();
    }

    /** Ends the mutes that are over, and parks what no instance can deliver. */
    void tidy() {
        if (mutes.endDue(clock.instant()) > 0) {
            onRelease.run();
        }
        publishReceivers(clock.instant());
        parkUnknown(clock.instant());
    }

    private void publishReceivers(Instant now) {
        var names = receivers.all().keySet();
        boolean isDue = now.isBefore(publishedAt) || !now.isBefore(publishedAt.plus(HEARTBEAT));
        if (isDue || !names.equals(published)) {
            var heartbeat = every.compareTo(HEARTBEAT) > 0 ? every : HEARTBEAT;
            known.publish(names, heartbeat.multipliedBy(HEARTBEATS_PER_LIFETIME));
            published = Set.copyOf(names);
            publishedAt = now;
        }
    }

    /** What is due for a receiver that no live instance knows waits for a while, before it is parked. */
    private void parkUnknown(Instant now) {
        var unknown = known.unknown(receivers.all().keySet());
        unknownSince.keySet().retainAll(unknown);
        unknown.forEach(receiver -> unknownSince.putIfAbsent(receiver, now));
        var lasting = unknownSince.entrySet().stream()
                .filter(entry -> !now.isBefore(entry.getValue().plus(GRACE)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        if (!lasting.isEmpty()) {
            known.park(lasting).forEach(receiver -> metrics.parked(receiver, KnownReceivers.UNKNOWN_RECEIVER));
        }
    }

    private static final String BACKLOG = """
            select (select count(*) from dispatcher.deliveries where state = 'pending') as pending,
                   (select count(*) from dispatcher.deliveries where state = 'parked') as parked,
                   (select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::bigint
                    from dispatcher.deliveries where state = 'pending') as oldest
            """;

    /** How much is not done; {@code oldest} in seconds. */
    record Backlog(long pending, long parked, long oldest) {}

    private void count() {
        parked = acknowledgements.unacknowledged();
        var backlog = jdbc.sql(BACKLOG)
                .query((row, n) -> new Backlog(row.getLong("pending"), row.getLong("parked"), row.getLong("oldest")))
                .single();
        metrics.backlog(backlog);
    }
}
