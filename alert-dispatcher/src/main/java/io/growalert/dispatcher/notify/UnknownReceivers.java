package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Parks the due deliveries of receivers that no live instance has known for a minute. The start of that minute is stored, so
 * that a restart, or another instance, continues the wait. After a minute in which no instance checked, the wait starts again.
 */
final class UnknownReceivers {
    /** Another instance may be starting that knows the receiver, or its file may be replaced at the moment. */
    static final Duration GRACE = Duration.ofMinutes(1);

    private static final Duration EVERY = Duration.ofSeconds(10);

    private final KnownReceivers known;
    private final Receivers receivers;
    private final DeliveryMetrics metrics;
    private final JdbcClient jdbc;
    private final InstantSource clock;

    /** @param clock shared by all instances */
    UnknownReceivers(
            KnownReceivers known, Receivers receivers, DeliveryMetrics metrics, JdbcClient jdbc, InstantSource clock) {
        this.known = known;
        this.receivers = receivers;
        this.metrics = metrics;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    ScheduledTask task() {
        return new ScheduledTask("unknown-receivers", EVERY, EVERY, _ -> park());
    }

    private static final String CLEAR = """
            delete from dispatcher.unknown_receivers where receiver <> all(:unknown)
            """;

    private static final String MARK = """
            insert into dispatcher.unknown_receivers as u (receiver, since, checked_at)
            select receiver, :now, :now from unnest(:unknown::text[]) as receiver
            on conflict (receiver) do update
            set since = case when u.checked_at < :expired then excluded.since else u.since end, checked_at = excluded.checked_at
            """;

    private static final String LASTING = """
            select receiver from dispatcher.unknown_receivers where since <= :before
            """;

    void park() {
        var now = Columns.time(clock.instant());
        var unknown = known.unknown(receivers.all().keySet()).toArray(String[]::new);
        jdbc.sql(CLEAR).param("unknown", unknown).update();
        jdbc.sql(MARK)
                .param("unknown", unknown)
                .param("now", now)
                .param("expired", now.minus(GRACE))
                .update();
        Set<String> lasting = new HashSet<>(jdbc.sql(LASTING)
                .param("before", now.minus(GRACE))
                .query(String.class)
                .list());
        if (!lasting.isEmpty()) {
            known.park(lasting).forEach(receiver -> metrics.parked(receiver, KnownReceivers.UNKNOWN_RECEIVER));
        }
    }
}
