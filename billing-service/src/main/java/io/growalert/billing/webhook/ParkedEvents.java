package io.growalert.billing.webhook;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.loop.Waiter;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The stored events for operators, without payloads; parked ones can be replayed. */
public final class ParkedEvents {
    private final JdbcClient jdbc;
    private final Waiter storedEvents;

    /** @param storedEvents woken after a replay, for the stage that applies events */
    public ParkedEvents(JdbcClient jdbc, Waiter storedEvents) {
        this.jdbc = jdbc;
        this.storedEvents = storedEvents;
    }

    /**
     * @param object the id of the event's object at Stripe
     * @param error the reason of the last failed attempt
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

    /** The oldest first. */
    List<Event> events(EventState state, int limit, int offset) {
        return jdbc.sql(LIST)
                .param("state", state.text())
                .param("limit", limit)
                .param("offset", offset)
                .query((row, n) -> new Event(
                        row.getString("id"),
                        row.getString("type"),
                        Columns.instant(row, "created"),
                        row.getString("object"),
                        row.getString("customer"),
                        row.getString("state"),
                        row.getInt("attempts"),
                        row.getString("error"),
                        Columns.instant(row, "received_at"),
                        Columns.optionalInstant(row, "done_at")))
                .list();
    }

    private static final String REPLAY = """
            update billing.stripe_events
            set state = 'received', attempts = 0, error = null, awaits = null, due_at = clock_timestamp()
            where state = 'parked'
            """;

    /** Makes all parked events due and returns how many. */
    public int replay() {
        return replayed(jdbc.sql(REPLAY).update());
    }

    /** Makes the parked ones of these events due and returns how many. */
    public int replay(Collection<String> ids) {
        return replayed(jdbc.sql(REPLAY + " and id = any(:ids)")
                .param("ids", ids.toArray(String[]::new))
                .update());
    }

    private int replayed(int events) {
        storedEvents.wake();
        return events;
    }
}
