package io.growalert.dispatcher.notify;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Sends a parked delivery again, with a new time to live. */
public final class Redrive {
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    public Redrive(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    public sealed interface Result {
        /** It is due now. */
        record Due() implements Result {}

        record Unknown() implements Result {}

        record NotParked(String state) implements Result {}

        /** A later event of the same alert was told to the same receiver, or is being told. */
        record Superseded() implements Result {}
    }

    /** Whoever claims one of them is waited for, and nobody claims one until this is decided. */
    private static final String LOCK = """
            select other.id
            from dispatcher.deliveries d
                 join dispatcher.deliveries other on other.alert_id = d.alert_id and other.receiver = d.receiver
            where d.id = :id and (other.id = d.id or other.state in ('pending', 'held'))
            order by other.sequence
            for update of other
            """;

    private static final String FIND = """
            select d.state,
                   exists (select from dispatcher.deliveries later
                           where later.alert_id = d.alert_id and later.receiver = d.receiver
                             and later.sequence > d.sequence
                             and (later.state = 'delivered' or later.lease_owner is not null)) as superseded
            from dispatcher.deliveries d where d.id = :id
            """;

    private static final String RESUME = """
            update dispatcher.deliveries
            set state = 'pending', live_from = clock_timestamp(), due_at = clock_timestamp(), finished_at = null,
                detail = 'sent again by hand; before: ' || coalesce(detail, '')
            where id = :id
            """;

    /** Makes it due, unless it is not parked, or is superseded and not forced. */
    public Result redrive(String id, boolean force) {
        return transaction.execute(status -> {
            jdbc.sql(LOCK).param("id", id).query(String.class).list();
            // a statement of its own, so that it sees what those did who were waited for
            var found = jdbc.sql(FIND)
                    .param("id", id)
                    .query((row, n) -> new Found(row.getString("state"), row.getBoolean("superseded")))
                    .optional();
            if (found.isEmpty()) {
                return new Result.Unknown();
            }
            if (!found.get().state().equals("parked")) {
                return new Result.NotParked(found.get().state());
            }
            if (found.get().superseded() && !force) {
                return new Result.Superseded();
            }
            jdbc.sql(RESUME).param("id", id).update();
            return new Result.Due();
        });
    }

    private record Found(String state, boolean superseded) {}
}
