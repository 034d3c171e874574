package io.growalert.billing.webhook;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The events that are not applied.
 *
 * @param overdue since when the oldest event has been due; zero when none is
 */
public record EventBacklog(long waiting, long parked, Duration overdue) {
    public static final EventBacklog NONE = new EventBacklog(0, 0, Duration.ZERO);

    private static final String COUNT = """
            select (select count(*) from billing.stripe_events where state = 'received') as waiting,
                   (select count(*) from billing.stripe_events where state = 'parked') as parked,
                   (select coalesce(greatest(extract(epoch from clock_timestamp() - min(due_at)), 0) * 1000, 0)::bigint
                    from billing.stripe_events where state = 'received') as overdue
            """;

    public static EventBacklog count(JdbcClient jdbc) {
        return jdbc.sql(COUNT)
                .query((row, n) -> new EventBacklog(
                        row.getLong("waiting"), row.getLong("parked"), Duration.ofMillis(row.getLong("overdue"))))
                .single();
    }
}
