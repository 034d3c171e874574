package io.growalert.billing.webhook;

import io.growalert.events.SystemMonitor;
import io.growalert.runtime.selfwatch.SystemFact;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

    /** The parked events, as a fact of a system monitor. */
    public static SystemFact parkedFact(JdbcClient jdbc) {
        return new SystemFact(SystemMonitor.BILLING_PARKED_EVENTS, () -> {
            long parked = count(jdbc).parked();
            return List.of(
                    parked > 0
                            ? SystemFact.failed(Map.of(), parked, "%d events parked".formatted(parked))
                            : SystemFact.passed(Map.of(), parked));
        });
    }
}
