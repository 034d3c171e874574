package io.growalert.dispatcher.history;

import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How many unfinished and parked deliveries each receiver has, and how its last attempts went. */
public final class ReceiverActivity {
    private final JdbcClient jdbc;
    private final String instance;

    /** @param instance the id of this instance */
    public ReceiverActivity(JdbcClient jdbc, String instance) {
        this.jdbc = jdbc;
        this.instance = instance;
    }

    /**
     * The deliveries and attempts of a receiver.
     *
     * @param queued pending deliveries, with those in flight
     * @param failsElsewhere it has failed at another live instance for a minute
     * @param lastSuccess the end of the last attempt that delivered; null when none is stored
     * @param lastFailure the end of the last attempt that did not; null when none is stored
     * @param lastError the reason of that one
     */
    public record Entry(
            String receiver,
            long queued,
            long held,
            long parked,
            boolean failsElsewhere,
            @Nullable Instant lastSuccess,
            @Nullable Instant lastFailure,
            @Nullable String lastError) {}

    // a branch for each state, since each has a separate index
    static final String READ = """
            with counts as materialized (
                select receiver, 'pending' as state, count(*) as deliveries
                from dispatcher.deliveries where state = 'pending' group by receiver
                union all
                select receiver, 'held', count(*) from dispatcher.deliveries where state = 'held' group by receiver
                union all
                select receiver, 'parked', count(*) from dispatcher.deliveries where state = 'parked' group by receiver
            ), totals as (
                select receiver, sum(deliveries) filter (where state = 'pending') as queued,
                       sum(deliveries) filter (where state = 'held') as held,
                       sum(deliveries) filter (where state = 'parked') as parked
                from counts group by receiver
            )
            select receiver, coalesce(queued, 0) as queued, coalesce(held, 0) as held, coalesce(parked, 0) as parked,
                   exists (select from dispatcher.instances i
                           where receiver = any(i.failing) and i.live_until > clock_timestamp() and i.id <> :instance) as fails,
                   delivered.started_at + delivered.duration_ms * interval '1 millisecond' as last_success,
                   failed.started_at + failed.duration_ms * interval '1 millisecond' as last_failure,
                   coalesce(failed.reason, failed.answer) as last_error
            from (select unnest(:defined::text[]) as receiver union select receiver from totals) as named
                 left join totals using (receiver)
                 left join lateral (select started_at, duration_ms from dispatcher.attempts a
                                    where a.receiver = named.receiver and a.outcome = 'delivered'
                                    order by started_at desc limit 1) as delivered on true
                 left join lateral (select started_at, duration_ms, reason, answer from dispatcher.attempts a
                                    where a.receiver = named.receiver and a.outcome <> 'delivered'
                                    order by started_at desc limit 1) as failed on true
            order by receiver
            """;

    /** Those of the defined receivers, and of others that have unfinished or parked deliveries; by name. */
    public List<Entry> read(Collection<String> defined) {
        return jdbc.sql(READ)
                .param("instance", instance)
                .param("defined", defined.toArray(String[]::new))
                .query((row, n) -> new Entry(
                        row.getString("receiver"),
                        row.getLong("queued"),
                        row.getLong("held"),
                        row.getLong("parked"),
                        row.getBoolean("fails"),
                        Columns.optionalInstant(row, "last_success"),
                        Columns.optionalInstant(row, "last_failure"),
                        row.getString("last_error")))
                .list();
    }
}
