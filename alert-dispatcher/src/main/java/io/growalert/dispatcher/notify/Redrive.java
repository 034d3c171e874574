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

    private static final String FIND = """
            select d.state,
                   exists (select from dispatcher.deliveries later
                           where later.alert_id = d.alert_id and later.receiver = d.receiver
                             and later.sequence > d.sequence
                             and (later.state = 'delivered' or later.lease_owner is not null)) as superseded
            from dispatcher.deliveries d where d.id = :id
            for update
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
