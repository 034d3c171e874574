package io.growalert.billing.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The stored events as they are to be seen, without what they say; and those that were given up, to be applied again. */
public final class Parked {
    private final JdbcClient jdbc;
    private final LedgerSignal signal;

    public Parked(JdbcClient jdbc, LedgerSignal signal) {
        this.jdbc = jdbc;
        this.signal = signal;
    }

    /**
     * @param object which Stripe object it is about
     * @param error why it could not be applied at last
     */
    record Event(
            String id,
            String type,
            Instant created,
            @Nullable String object,
            @Nullable String customer,
            String state,
            int attempts,
            @Nullable String error,
            Instant receivedAt,
            @Nullable Instant doneAt) {}

    private static final String LIST = """
            select id, type, created, object, customer, state, attempts, error, received_at, done_at
            from billing.stripe_events
            where state = :state
            order by received_at, id
            limit :limit offset :offset
            """;

    /** Those in this state, the oldest first. */
    List<Event> events(String state, int limit, int offset) {
        return jdbc.sql(LIST)
                .param("state", state)
                .param("limit", limit)
                .param("offset", offset)
                .query((row, n) -> new Event(
                        row.getString("id"),
                        row.getString("type"),
                        Sql.instant(row, "created"),
                        row.getString("object"),
                        row.getString("customer"),
                        row.getString("state"),
                        row.getInt("attempts"),
                        row.getString("error"),
                        Sql.instant(row, "received_at"),
                        Sql.optionalInstant(row, "done_at")))
                .list();
    }

    private static final String REPLAY = """
            update billing.stripe_events
            set state = 'received', attempts = 0, error = null, awaits = null, due_at = clock_timestamp()
            where state = 'parked'
            """;

    /** Makes all of them due again, and says how many. */
    public int replay() {
        return woken(jdbc.sql(REPLAY).update());
    }

    /** Makes those of these that are parked due again, and says how many. */
    public int replay(Collection<String> ids) {
        return woken(jdbc.sql(REPLAY + " and id = any(:ids)")
                .param("ids", ids.toArray(String[]::new))
                .update());
    }

    private int woken(int events) {
        signal.wake();
        return events;
    }
}
