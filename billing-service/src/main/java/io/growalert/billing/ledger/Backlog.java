package io.growalert.billing.ledger;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How much is not done.
 *
 * @param overdue for how long the oldest event has been due; zero when none is
 */
record Backlog(long waiting, long parked, long fetches, Duration overdue) {
    static final Backlog NONE = new Backlog(0, 0, 0, Duration.ZERO);

    private static final String COUNT = """
            select (select count(*) from billing.stripe_events where state = 'received') as waiting,
                   (select count(*) from billing.stripe_events where state = 'parked') as parked,
                   (select count(*) from billing.fetches) as fetches,
                   (select coalesce(greatest(extract(epoch from clock_timestamp() - min(due_at)), 0) * 1000, 0)::bigint
                    from billing.stripe_events where state = 'received') as overdue
            """;

    static Backlog count(JdbcClient jdbc) {
        return jdbc.sql(COUNT)
                .query((row, n) -> new Backlog(
                        row.getLong("waiting"),
                        row.getLong("parked"),
                        row.getLong("fetches"),
                        Duration.ofMillis(row.getLong("overdue"))))
                .single();
    }
}
