package io.growalert.dispatcher.notify;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The mutes of monitors, in the database. */
public final class Mutes {
    private static final String LOCK = "hashtext('growalert.dispatcher.mutes')";

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    public Mutes(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** A monitor that is muted until an instant, and why. */
    public record Muted(String monitor, Instant until, String comment) {}

    private static final String PUT = """
            insert into dispatcher.mutes (monitor_id, until, comment) values (:monitor, :until, :comment)
            on conflict (monitor_id) do update set until = excluded.until, comment = excluded.comment
            """;

    // the holder of an expired lease died: nothing is in flight
    private static final String HOLD_QUEUED = """
            with queued as materialized (
                select id from dispatcher.deliveries
                where monitor_id = :monitor and state = 'pending' and (lease_owner is null or due_at <= now())
                order by sequence, id
                for update
            )
            update dispatcher.deliveries d
            set state = 'held', lease_owner = null
            from queued
            where d.id = queued.id
            """;

    /** Mutes a monitor, or changes its mute. Its queued deliveries are held; one in flight is not. */
    public void put(Muted mute) {
        transaction.executeWithoutResult(status -> {
            // waits for transactions that store events of a monitor that they read as not muted
            jdbc.sql("select pg_advisory_xact_lock(" + LOCK + ")").query(row -> {});
            jdbc.sql(PUT)
                    .param("monitor", mute.monitor())
                    .param("until", mute.until().atOffset(ZoneOffset.UTC))
                    .param("comment", mute.comment())
                    .update();
            jdbc.sql(HOLD_QUEUED).param("monitor", mute.monitor()).update();
        });
    }

    /** Ends a mute now; false when there is none. The deliveries that it held are due. */
    public boolean end(String monitor) {
        return transaction.execute(status -> {
            int ended = jdbc.sql("delete from dispatcher.mutes where monitor_id = :monitor")
                    .param("monitor", monitor)
                    .update();
            release();
            return ended > 0;
        });
    }

    /** Ends the mutes that are over at this instant, and returns how many deliveries are released. */
    int endDue(Instant now) {
        return transaction.execute(status -> {
            jdbc.sql("delete from dispatcher.mutes where until <= :now")
                    .param("now", now.atOffset(ZoneOffset.UTC))
                    .update();
            return release();
        });
    }

    private static final String RELEASE = """
            update dispatcher.deliveries d
            set state = 'pending', live_from = clock_timestamp(), due_at = clock_timestamp(), refused_since = null
            where state = 'held' and not exists (select from dispatcher.mutes m where m.monitor_id = d.monitor_id)
            """;

    private int release() {
        return jdbc.sql(RELEASE).update();
    }

    private static final String HOLDING = """
            select monitor_id from dispatcher.mutes
            where monitor_id = any(:monitors) and until > :now
            for share
            """;

    /**
     * Returns those of the monitors that are muted. Mutes can neither begin nor end before the caller's transaction ends, so that
     * no delivery is held after its mute ended, or queued after it began.
     */
    Set<String> holding(Collection<String> monitors, Instant now) {
        jdbc.sql("select pg_advisory_xact_lock_shared(" + LOCK + ")").query(row -> {});
        return jdbc.sql(HOLDING)
                .param("monitors", monitors.toArray(String[]::new))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .query(String.class)
                .set();
    }

    /** All mutes, the first to end first; limited to 1,000 rows. */
    public List<Muted> all() {
        return jdbc.sql("select monitor_id, until, comment from dispatcher.mutes order by until limit 1000")
                .query(Mutes::muted)
                .list();
    }

    private static Muted muted(ResultSet row, int number) throws SQLException {
        return new Muted(
                row.getString("monitor_id"),
                row.getObject("until", java.time.OffsetDateTime.class).toInstant(),
                row.getString("comment"));
    }
}
