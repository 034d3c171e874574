package io.growalert.billing.ledger;

import io.growalert.billing.stripe.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@code billing.fetches}: the objects to be read from Stripe, and the events that wait for it. All times are the database's.
 */
final class Fetches {
    private final JdbcClient jdbc;

    Fetches(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An object that has to be read.
     *
     * @param notBefore by Stripe's clock, as far as ours agrees with it
     * @param pause at least this long from now on
     */
    record Wanted(Kind kind, String object, Instant notBefore, Duration pause) {}

    // The conflict changes nothing, but waits for whoever is about to finish that very fetch: then it is a new one.
    private static final String WANT = """
            insert into billing.fetches as f (object, kind, due_at)
            select object, max(kind),
                   max(greatest(least(not_before, clock_timestamp() + interval '1 minute'),
                                clock_timestamp() + pause * interval '1 millisecond'))
            from unnest(:objects::text[], :kinds::text[], :notBefore::timestamptz[], :pauses::bigint[])
                 as wanted (object, kind, not_before, pause)
            group by object order by object
            on conflict (object) do update set due_at = f.due_at
            """;

    /** Each object is fetched once, however many ask for it until then. In the caller's transaction. */
    void want(Collection<Wanted> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        jdbc.sql(WANT)
                .param("objects", Sql.texts(wanted, Wanted::object))
                .param("kinds", Sql.texts(wanted, want -> want.kind().name()))
                .param("notBefore", Sql.times(wanted, Wanted::notBefore))
                .param("pauses", Sql.millis(wanted, Wanted::pause))
                .update();
    }

    /**
     * A fetch that is ours until its lease ends.
     *
     * @param attempt counts from 1
     * @param lease when it ends, as the database writes it: whoever has it last may finish the fetch
     */
    record Claim(Kind kind, String object, int attempt, String lease) {}

    private static final String CLAIM = """
            update billing.fetches f
            set due_at = clock_timestamp() + :lease * interval '1 millisecond', attempts = f.attempts + 1
            from (select object from billing.fetches where due_at <= clock_timestamp()
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

    /** There is nothing to be fetched any more, unless somebody else has the lease. */
    void finish(Claim claim) {
        jdbc.sql(FINISH)
                .param("object", claim.object())
                .param("lease", claim.lease())
                .update();
    }

    private static final String WAITING = """
            where id in (select id from billing.stripe_events where awaits = :object and state = 'received'
                         order by id for update)
            """;

    private static final String WAKE = """
            update billing.stripe_events set awaits = null, error = null, due_at = clock_timestamp()
            """ + WAITING;

    /**
     * The object is known now: whoever waited for it goes on. To be called after the commit, and outside a transaction: a batch
     * may have the event and want a fetch, so whoever had the fetch and wanted the event could wait for it forever.
     */
    void wake(String object) {
        jdbc.sql(WAKE).param("object", object).update();
    }

    // as long as after any other failure, see Patience
    private static final String DISAPPOINT = """
            update billing.stripe_events
            set awaits = null, attempts = attempts + 1, error = :error,
                due_at = clock_timestamp() + least(interval '1 second' * power(2, least(attempts, 20)), interval '5 minutes')
            """ + WAITING;

    /** The object cannot be known: whoever waited for it has tried in vain once more. As {@link #wake}, outside a transaction. */
    void disappoint(String object, String reason) {
        jdbc.sql(DISAPPOINT).param("object", object).param("error", reason).update();
    }

    private static final String POSTPONE = """
            update billing.fetches
            set due_at = clock_timestamp() + :delay * interval '1 millisecond', error = :error
            where object = :object and due_at = :lease::timestamptz
            """;

    /** It could not be fetched at present. */
    void postpone(Claim claim, String reason, Duration delay) {
        jdbc.sql(POSTPONE)
                .param("object", claim.object())
                .param("lease", claim.lease())
                .param("delay", delay.toMillis())
                .param("error", reason)
                .update();
    }
}
