package io.growalert.billing.stripe;

import java.time.Duration;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Token buckets of calls to Stripe in {@code billing.pace}, shared by all instances, which may be refused; {@link Pace} only waits. */
public final class CallBuckets {
    private final JdbcClient jdbc;

    public CallBuckets(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    // the generic cell rate algorithm: the bucket is stored as the time when it is empty again. A database's clock that
    // was set back must not refuse for long.
    private static final String TAKE = """
            insert into billing.pace as p (name, next_at)
            values (:name, clock_timestamp() + :cost * interval '1 microsecond')
            on conflict (name) do update
            set next_at = case when p.next_at > clock_timestamp() + interval '1 day' then clock_timestamp()
                               else greatest(p.next_at, clock_timestamp()) end + :cost * interval '1 microsecond'
            where p.next_at <= clock_timestamp() + :room * interval '1 microsecond'
               or p.next_at > clock_timestamp() + interval '1 day'
            returning (extract(epoch from next_at - clock_timestamp()) * 1000000)::bigint - :cost
            """;

    private static final String FULL = """
            select (extract(epoch from next_at - clock_timestamp()) * 1000000)::bigint - :room
            from billing.pace where name = :name
            """;

    /**
     * Takes tokens for calls.
     *
     * @param room how far the calls of a bucket may be ahead of its rate
     * @return how far they were, before these
     * @throws StripeFailure when the bucket has no room
     */
    public Duration take(String name, Duration each, int calls, Duration room) {
        Optional<Long> ahead = jdbc.sql(TAKE)
                .param("name", name)
                .param("cost", micros(each.multipliedBy(calls)))
                .param("room", micros(room))
                .query(Long.class)
                .optional();
        if (ahead.isPresent()) {
            return Duration.ofNanos(Math.max(0, ahead.get()) * 1_000);
        }
        long wait = jdbc.sql(FULL)
                .param("name", name)
                .param("room", micros(room))
                .query(Long.class)
                .optional()
                .orElse(0L);
        throw StripeFailure.overBudget(Duration.ofNanos(Math.max(1, wait) * 1_000));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private static final String DELETE_FULL = """
            delete from billing.pace where name in (
                select name from billing.pace
                where name like :prefix || '%' and next_at < clock_timestamp() limit :batch for update skip locked)
            """;

    /** Deletes full buckets whose names begin with this prefix, and returns how many. */
    public int deleteFull(String prefix, int batch) {
        return jdbc.sql(DELETE_FULL)
                .param("prefix", prefix)
                .param("batch", batch)
                .update();
    }
}
