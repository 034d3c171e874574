package io.growalert.billing.fetch;

import io.growalert.billing.stripe.Kind;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code billing.fetches}: the objects to be fetched from Stripe. All times are the database's. */
public final class FetchQueue {
    private final JdbcClient jdbc;

    public FetchQueue(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A requested fetch.
     *
     * @param notBefore by Stripe's clock, as far as ours agrees with it
     * @param pause at least this long from now
     */
    public record FetchRequest(Kind kind, String object, Instant notBefore, Duration pause) {}

    // The conflict changes nothing, but waits for a transaction that is finishing the same fetch: then this is a new
    // one.
    private static final String ADD = """
            insert into billing.fetches as f (object, kind, due_at)
            select object, max(kind),
                   max(greatest(least(not_before, clock_timestamp() + interval '1 minute'),
                                clock_timestamp() + pause * interval '1 millisecond'))
            from unnest(:objects::text[], :kinds::text[], :notBefore::timestamptz[], :pauses::bigint[])
                 as wanted (object, kind, not_before, pause)
            group by object order by object
            on conflict (object) do update set due_at = f.due_at
            """;

    /** Each object is fetched once, however many events request it until then. In the caller's transaction. */
    public void add(Collection<FetchRequest> requests) {
        if (requests.isEmpty()) {
            return;
        }
        jdbc.sql(ADD)
                .param("objects", Columns.texts(requests, FetchRequest::object))
                .param("kinds", Columns.texts(requests, request -> request.kind()
                        .name()))
                .param("notBefore", Columns.times(requests, FetchRequest::notBefore))
                .param("pauses", Columns.millis(requests, FetchRequest::pause))
                .update();
    }

    /**
     * A fetch that is leased to this instance.
     *
     * @param attempt counts from 1
     * @param lease its expiry, as the database writes it: only the holder of the latest lease may finish the fetch
     */
    record Claim(Kind kind, String object, int attempt, String lease) {}

    private static final String CLAIM = """
            update billing.fetches f
            set due_at = clock_timestamp() + :lease * interval '1 millisecond', attempts = f.attempts + 1
            from (select object from billing.fetches where due_at <= (select clock_timestamp())
                  order by due_at limit :limit for update skip locked) as due
            where f.object = due.object
            returning f.kind, f.object, f.attempts, f.due_at::text as lease
            """;

    List<Claim> claim(int limit, Duration lease) {
        return jdbc.sql(CLAIM)
                .param("lease", lease.toMillis())
                .param("limit", limit)
                .query((row, n) -> new Claim(
                        Kind.valueOf(row.getString("kind")),
                        row.getString("object"),
                        row.getInt("attempts"),
                        row.getString("lease")))
                .list();
    }

    private static final String FINISH =
            "delete from billing.fetches where object = :object and due_at = :lease::timestamptz";

    /** Removes the fetch, unless another instance holds a later lease. */
    void finish(Claim claim) {
        jdbc.sql(FINISH)
                .param("object", claim.object())
                .param("lease", claim.lease())
                .update();
    }

    private static final String POSTPONE = """
            update billing.fetches
            set due_at = clock_timestamp() + :delay * interval '1 millisecond', error = :error
            where object = :object and due_at = :lease::timestamptz
            """;

    /** The fetch failed and is retried after the delay. */
    void postpone(Claim claim, String reason, Duration delay) {
        jdbc.sql(POSTPONE)
                .param("object", claim.object())
                .param("lease", claim.lease())
                .param("delay", delay.toMillis())
                .param("error", reason)
                .update();
    }

    /** How many objects are to be fetched. */
    public long count() {
        return jdbc.sql("select count(*) from billing.fetches")
                .query(Long.class)
                .single();
    }
}
