package io.growalert.billing.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Deletes events that were applied so long ago that Stripe does not send them again. The records stay. */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration PAUSE = Duration.ofHours(1);

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Duration history;
    private final int step;
    private Instant next = Instant.MIN;

    /**
     * @param history how long an event is kept after it was applied
     * @param step how many are deleted in one transaction
     */
    Retention(JdbcClient jdbc, InstantSource clock, Duration history, int step) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.history = history;
        this.step = step;
    }

    private static final String DELETE = """
            delete from billing.stripe_events
            where id in (select id from billing.stripe_events
                         where state in ('applied', 'ignored') and done_at < :before
                         order by done_at limit :step for update skip locked)
            """;

    /** Deletes one step when it is time to, and says how many: every hour, and at once while there are more. */
    int deleteDue() {
        var now = clock.instant();
        if (now.isBefore(next)) {
            return 0;
        }
        int deleted = jdbc.sql(DELETE)
                .param("before", now.minus(history).atOffset(ZoneOffset.UTC))
                .param("step", step)
                .update();
        if (deleted < step) {
            next = now.plus(PAUSE);
        }
        if (deleted > 0) {
            LOG.atInfo()
                    .addKeyValue("events", deleted)
                    .log("Events are deleted, because they were applied so long ago");
        }
        return deleted;
    }
}
