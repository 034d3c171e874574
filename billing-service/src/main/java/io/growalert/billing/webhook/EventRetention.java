package io.growalert.billing.webhook;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Deletes events that were applied so long ago that Stripe does not resend them. The records stay. */
public final class EventRetention {
    private static final Logger LOG = LoggerFactory.getLogger(EventRetention.class);

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Duration history;

    /** @param history how long an event is retained after it was applied */
    public EventRetention(JdbcClient jdbc, InstantSource clock, Duration history) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.history = history;
    }

    private static final String DELETE = """
            delete from billing.stripe_events
            where id in (select id from billing.stripe_events
                         where state in ('applied', 'ignored') and done_at < :before
                         order by done_at limit :step for update skip locked)
            """;

    /** Deletes at most {@code step} of them in one transaction and returns how many. */
    public int deleteStep(int step) {
        int events = jdbc.sql(DELETE)
                .param("before", clock.instant().minus(history).atOffset(ZoneOffset.UTC))
                .param("step", step)
                .update();
        if (events > 0) {
            LOG.atInfo().addKeyValue("events", events).log("Deleted applied events past retention");
        }
        return events;
    }
}
