package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.silence.Holds;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The holds of the routes' intervals. The id of such a hold is its end, so that it ends on any instance, also after the routes
 * changed.
 */
final class IntervalHolds {
    private static final String PREFIX = "interval:";

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final Holds holds;
    private final InstantSource clock;

    IntervalHolds(JdbcClient jdbc, TransactionOperations transaction, InstantSource clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.holds = new Holds(jdbc);
        this.clock = clock;
    }

    /** The id of the hold that ends at this instant. */
    static String id(Instant end) {
        return PREFIX + end;
    }

    // the cast only applies to ids of this form
    private static final String OVERDUE = """
            select distinct hold
            from dispatcher.deliveries cross join unnest(held_by) as hold
            where state in ('pending', 'held') and held_by <> '{}'
              and case when starts_with(hold, :prefix) then substr(hold, :start)::timestamptz <= :now else false end
            """;

    /** The ids of the holds whose time is over, and that are not ended yet. */
    List<String> overdue() {
        return jdbc.sql(OVERDUE)
                .param("prefix", PREFIX)
                .param("start", PREFIX.length() + 1)
                .param("now", Columns.time(clock.instant()))
                .query(String.class)
                .list();
    }

    /** Ends the holds whose time is over, and returns how many deliveries are due now. */
    int endOverdue() {
        var overdue = overdue();
        return overdue.isEmpty() ? 0 : transaction.execute(_ -> holds.end(overdue));
    }
}
