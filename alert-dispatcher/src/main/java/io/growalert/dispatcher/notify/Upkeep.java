package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.receiver.Receivers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What has to be looked after by the clock: mutes that end, receivers that change or are unknown, what is over for long,
 * the size of the backlog.
 */
final class Upkeep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final int ROUNDS_PER_COUNT = 10;
    /** Another instance may know the receiver, or its file is on its way. */
    static final Duration STRANGER_GRACE = Duration.ofMinutes(1);

    private final Deliveries deliveries;
    private final Mutes mutes;
    private final Retention retention;
    private final Receivers receivers;
    private final DeliveryMetrics metrics;
    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Runnable onRelease;
    private final Duration every;
    private final Map<String, Instant> strangerSince = new HashMap<>();
    private final Waiter waiter = new Waiter();
    private volatile boolean stopped;

    Upkeep(
            Deliveries deliveries,
            Mutes mutes,
            Retention retention,
            Receivers receivers,
            DeliveryMetrics metrics,
            JdbcClient jdbc,
            InstantSource clock,
            Runnable onRelease,
            Duration every) {
        this.deliveries = deliveries;
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
            try {
                receivers.refresh();
                tidy();
                retention.deleteDue();
                if (round % ROUNDS_PER_COUNT == 0) {
                    countBacklog();
                }
            } catch (RuntimeException e) {
                LOG.atWarn().setCause(e).log("The deliveries cannot be looked after; it is tried again");
            } catch (Throwable e) {
                LOG.atError()
                        .setCause(e)
                        .log("The deliveries were not looked after by a fault of ours; it is tried again");
            }
            try {
                waiter.await(every);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    void stop() {
        stopped = true;
        waiter.wake();
    }

    /** Ends the mutes that are over, and parks what nobody will ever take. */
    void tidy() {
        if (mutes.endDue(clock.instant()) > 0) {
            onRelease.run();
        }
        parkStrangers(clock.instant());
    }

    /** What is due for a receiver that this instance does not know waits for a while, before it is parked. */
    private void parkStrangers(Instant now) {
        var strangers = deliveries.strangers(receivers.all().keySet());
        strangerSince.keySet().retainAll(strangers);
        strangers.forEach(stranger -> strangerSince.putIfAbsent(stranger, now));
        var lasting = strangerSince.entrySet().stream()
                .filter(entry -> !now.isBefore(entry.getValue().plus(STRANGER_GRACE)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        List<String> parked = lasting.isEmpty() ? List.of() : deliveries.parkStrangers(lasting);
        parked.forEach(metrics::parked);
        if (!parked.isEmpty()) {
            LOG.atError()
                    .addKeyValue("deliveries", parked.size())
                    .addKeyValue("receivers", lasting)
                    .log("Deliveries are parked, because no receiver of their name is defined");
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

    private void countBacklog() {
        var backlog = jdbc.sql(BACKLOG)
                .query((row, n) -> new Backlog(row.getLong("pending"), row.getLong("parked"), row.getLong("oldest")))
                .single();
        metrics.backlog(backlog);
    }
}
