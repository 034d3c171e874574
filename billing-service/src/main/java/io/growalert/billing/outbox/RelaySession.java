package io.growalert.billing.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The right to relay, which one session of the database has at a time, and what is done by it. All of it runs on the
 * connection that holds the lock: whoever lost the lock cannot read another row.
 */
final class RelaySession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RelaySession.class);

    /** Two numbers of our own choice; locks by two numbers never meet those by one, which customers are locked by. */
    private static final String LOCK = "select pg_try_advisory_lock(1735553652, 1)";

    /** When our machine is gone without a word, the server notices after 25 s, and another instance takes over. */
    private static final String NOTICE_OUR_DEATH = """
            select set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
                   set_config('tcp_keepalives_count', '3', false)
            """;

    private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(30);

    private final Connection connection;
    private final JdbcClient jdbc;

    private RelaySession(Connection connection) {
        this.connection = connection;
        this.jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
    }

    /**
     * Empty while another session has the right.
     *
     * @throws org.springframework.dao.DataAccessException when the database cannot be asked
     */
    static Optional<RelaySession> open(DataSource database) {
        var session = new RelaySession(DataSourceUtils.getConnection(database));
        boolean ours = false;
        try {
            session.connection.setNetworkTimeout(Runnable::run, (int) LONGEST_STATEMENT.toMillis());
            ours = session.jdbc.sql(LOCK).query(Boolean.class).single();
            if (ours) {
                session.jdbc.sql(NOTICE_OUR_DEATH).query().singleRow();
            }
            return ours ? Optional.of(session) : Optional.empty();
        } catch (SQLException e) {
            throw new UncategorizedSQLException("asking who relays", LOCK, e);
        } finally {
            if (!ours) {
                session.close();
            }
        }
    }

    private static final String WAITING = """
            select sequence, id, key, type, subject, time, body
            from billing.outbox
            where relayed_at is null and error is null
            order by sequence
            limit :limit
            """;

    /** The next that are to be told. One with a lower sequence can still come, of another key. */
    List<Told> waiting(int limit) {
        return jdbc.sql(WAITING)
                .param("limit", limit)
                .query((row, n) -> new Told(
                        row.getLong("sequence"),
                        row.getString("id"),
                        row.getString("key"),
                        row.getString("type"),
                        row.getString("subject"),
                        row.getTimestamp("time").toInstant(),
                        row.getString("body")))
                .list();
    }

    private static final String RELAYED = """
            update billing.outbox set relayed_at = clock_timestamp() where sequence = any(:sequences::bigint[])
            """;

    void relayed(List<Told> rows) {
        if (!rows.isEmpty()) {
            jdbc.sql(RELAYED)
                    .param("sequences", rows.stream().map(Told::sequence).toArray(Long[]::new))
                    .update();
        }
    }

    private static final String PARK = "update billing.outbox set error = :error where sequence = :sequence";

    void park(Map<Told, String> refused) {
        refused.forEach((row, reason) -> {
            jdbc.sql(PARK)
                    .param("error", reason)
                    .param("sequence", row.sequence())
                    .update();
            LOG.atError()
                    .addKeyValue("event", row.id())
                    .addKeyValue("type", row.type())
                    .addKeyValue("subject", row.subject())
                    .addKeyValue("reason", reason)
                    .log("Kafka never takes a change; it is parked, and those after it go on");
        });
    }

    private static final String FORGET = """
            delete from billing.outbox where sequence in (
                select sequence from billing.outbox
                where relayed_at < clock_timestamp() - :history * interval '1 millisecond'
                order by relayed_at
                limit :limit)
            """;

    /** Deletes some of those that Kafka has for longer than this, and says how many. */
    int forget(Duration history, int limit) {
        return jdbc.sql(FORGET)
                .param("history", history.toMillis())
                .param("limit", limit)
                .update();
    }

    /** Gives the right up. */
    @Override
    public void close() {
        try (connection) {
            unlock();
        } catch (SQLException e) {
            LOG.atDebug().setCause(e).log("The relay's connection is gone already");
        }
    }

    private void unlock() throws SQLException {
        try {
            jdbc.sql("select pg_advisory_unlock_all()").query(row -> {});
        } catch (DataAccessException e) {
            // the lock ends with the connection, so that must
            connection.abort(Runnable::run);
        }
    }
}
