package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.ack.Escalations;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.dispatcher.silence.LoadedRules;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.runtime.loop.Loop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * What must happen within a second: silences begin and end, escalations are due, changed definition files are read, and changed
 * parked counts are reported. It also publishes this instance's receivers and measures the backlog, every 10 s.
 */
final class Housekeeping {
    private static final int ROUNDS_PER_COUNT = 10;
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final int HEARTBEATS_PER_LIFETIME = 6;

    private final KnownReceivers known;
    private final ParkedAcknowledgements acknowledgements;
    private final Silences silences;
    private final LoadedRules rules;
    private final IntervalHolds intervals;
    private final Escalations escalations;
    private final Receivers receivers;
    private final DeliveryMetrics metrics;
    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Supplier<Instant> storedUntil;
    private final Runnable onRelease;
    private final Duration every;
    private final Loop loop;
    private long rounds;
    private volatile boolean recount;
    private volatile Map<String, Long> parked = Map.of();
    private Set<String> published = Set.of();
    private Instant publishedAt = Instant.MIN;

    /** @param storedUntil the alert events of all live instances before this instant are stored */
    Housekeeping(
            KnownReceivers known,
            ParkedAcknowledgements acknowledgements,
            Silences silences,
            LoadedRules rules,
            IntervalHolds intervals,
            Escalations escalations,
            Receivers receivers,
            DeliveryMetrics metrics,
            JdbcClient jdbc,
            InstantSource clock,
            Supplier<Instant> storedUntil,
            Runnable onRelease,
            Duration every) {
        this.known = known;
        this.acknowledgements = acknowledgements;
        this.silences = silences;
        this.rules = rules;
        this.intervals = intervals;
        this.escalations = escalations;
        this.receivers = receivers;
        this.metrics = metrics;
        this.jdbc = jdbc;
        this.clock = clock;
        this.storedUntil = storedUntil;
        this.onRelease = onRelease;
        this.every = every;
        // the loop's name is published in the health report
        this.loop = new Loop(
                "upkeep",
                "Housekeeping of the deliveries failed; retrying",
                Notifier.LOOPS.withRetry(every, every),
                _ -> {
                    round();
                    return every;
                });
    }

    Loop loop() {
        return loop;
    }

    private void round() {
        all(List.of(
                receivers::refresh, this::tickHolds, this::publishReceivers, this::tickEscalations, this::tickCount));
        rounds++;
    }

    /** Runs all of these parts, even when one fails; without the database, all would wait for it. */
    static void all(List<Runnable> parts) {
        var failures = new ArrayList<RuntimeException>();
        for (var part : parts) {
            try {
                part.run();
            } catch (CannotGetJdbcConnectionException | CannotCreateTransactionException e) {
                throw e;
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            var first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    private void tickCount() {
        if (metrics.reportParked() || recount || rounds % ROUNDS_PER_COUNT == 0) {
            recount = false;
            count();
            escalations.dropAcknowledged();
        }
    }

    /** The parked deliveries that are not acknowledged, by receiver, as of the last count. */
    Map<String, Long> parked() {
        return parked;
    }

    /** Counts again at once. */
    void recount() {
        recount = true;
        loop.wake();
    }

    /** Begins and ends the silences, and ends the routes' intervals, whose time has come. */
    void tickHolds() {
        if (rules.refresh() + silences.tick() + intervals.endOverdue() > 0) {
            onRelease.run();
        }
    }

    /** Queues the escalations and repeats that are due. */
    void tickEscalations() {
        if (escalations.tick(storedUntil.get()) > 0) {
            onRelease.run();
        }
    }

    /** Publishes which receivers this instance knows, when they changed and every 10 s. */
    void publishReceivers() {
        var now = clock.instant();
        var names = receivers.all().keySet();
        boolean isDue = now.isBefore(publishedAt) || !now.isBefore(publishedAt.plus(HEARTBEAT));
        if (isDue || !names.equals(published)) {
            var heartbeat = every.compareTo(HEARTBEAT) > 0 ? every : HEARTBEAT;
            known.publish(names, heartbeat.multipliedBy(HEARTBEATS_PER_LIFETIME));
            published = Set.copyOf(names);
            publishedAt = now;
        }
    }

    private static final String BACKLOG = """
            select (select count(*) from dispatcher.deliveries where state = 'pending') as pending,
                   (select count(*) from dispatcher.deliveries where state = 'parked') as parked,
                   (select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::bigint
                    from dispatcher.deliveries where state = 'pending') as oldest
            """;

    /** How many deliveries are not finished; {@code oldest} in seconds. */
    record Backlog(long pending, long parked, long oldest) {}

    private void count() {
        parked = acknowledgements.unacknowledged();
        var backlog = jdbc.sql(BACKLOG)
                .query((row, n) -> new Backlog(row.getLong("pending"), row.getLong("parked"), row.getLong("oldest")))
                .single();
        metrics.backlog(backlog);
    }
}
