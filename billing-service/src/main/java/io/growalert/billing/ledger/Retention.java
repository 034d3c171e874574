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
    /** Then it is looked at again whether an object is ours. */
    private static final Duration FOREIGN = Duration.ofDays(30);

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

    private static final String FORGET = """
            delete from billing.foreign_objects
            where id in (select id from billing.foreign_objects where seen_at < :before
                         order by seen_at limit :step for update skip locked)
            """;

    /** Deletes one step when it is time to, and says how many: every hour, and at once while there are more. */
    int deleteDue() {
        var now = clock.instant();
        if (now.isBefore(next)) {
            return 0;
        }
        int events = delete(DELETE, now.minus(history));
        int foreign = delete(FORGET, now.minus(FOREIGN));
        if (events < step && foreign < step) {
            next = now.plus(PAUSE);
        }
        if (events > 0) {
            LOG.atInfo().addKeyValue("events", events).log("Deleted applied events past retention");
        }
        return events + foreign;
    }

    private int delete(String sql, Instant before) {
        return jdbc.sql(sql)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("step", step)
                .update();
    }
}
