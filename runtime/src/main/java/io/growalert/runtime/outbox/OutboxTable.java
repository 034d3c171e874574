package io.growalert.runtime.outbox;

import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The statements on an outbox table, whose columns are {@code sequence, id, key, type, subject, time, body, created_at,
 * relayed_at, error}. The sequence must be drawn under a lock of the key.
 */
final class OutboxTable {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxTable.class);

    private final String table;

    /** @param table with its schema, for example {@code billing.outbox} */
    OutboxTable(String table) {
        if (!table.matches("[a-z_.]+")) {
            throw new IllegalArgumentException("a table's name has only a-z, '_' and '.', not " + table);
        }
        this.table = table;
    }

    void add(JdbcClient jdbc, List<OutboxEvent> events) {
        jdbc.sql("""
            insert into %1$s (id, key, type, subject, time, body)
            select id, key, type, subject, time::timestamptz, body
            from unnest(:ids::text[], :keys::text[], :types::text[], :subjects::text[], :times::text[], :bodies::text[])
                 with ordinality as event (id, key, type, subject, time, body, place)
            order by place
            """.formatted(table))
                .param("ids", Columns.texts(events, OutboxEvent::id))
                .param("keys", Columns.texts(events, OutboxEvent::key))
                .param("types", Columns.texts(events, OutboxEvent::type))
                .param("subjects", Columns.texts(events, OutboxEvent::subject))
                .param("times", Columns.times(events, OutboxEvent::time))
                .param("bodies", Columns.texts(events, OutboxEvent::body))
                .update();
    }

    /** The next events to publish. One with a lower sequence can still be committed, of another key. */
    List<OutboxRow> waiting(JdbcClient jdbc, int limit) {
        return jdbc.sql("""
            select sequence, id, key, type, subject, time, body
            from %1$s
            where relayed_at is null and error is null
            order by sequence
            limit :limit
            """.formatted(table))
                .param("limit", limit)
                .query((row, n) -> new OutboxRow(
                        row.getLong("sequence"),
                        row.getString("id"),
                        row.getString("key"),
                        row.getString("type"),
                        row.getString("subject"),
                        Columns.instant(row, "time"),
                        row.getString("body")))
                .list();
    }

    void markPublished(JdbcClient jdbc, List<OutboxRow> rows) {
        if (!rows.isEmpty()) {
            jdbc.sql("update %s set relayed_at = clock_timestamp() where sequence = any(:sequences::bigint[])"
                            .formatted(table))
                    .param("sequences", Columns.numbers(rows, OutboxRow::sequence))
                    .update();
        }
    }

    void delete(JdbcClient jdbc, List<OutboxRow> rows) {
        if (!rows.isEmpty()) {
            jdbc.sql("delete from %s where sequence = any(:sequences::bigint[])".formatted(table))
                    .param("sequences", Columns.numbers(rows, OutboxRow::sequence))
                    .update();
        }
    }

    /** Kafka rejects the event whenever it is sent: it waits for an operator, and holds back no other event. */
    void park(JdbcClient jdbc, OutboxRow row, String reason) {
        jdbc.sql("update %s set error = :error where sequence = :sequence".formatted(table))
                .param("error", reason)
                .param("sequence", row.sequence())
                .update();
        LOG.atError()
                .addKeyValue("event", row.id())
                .addKeyValue("type", row.type())
                .addKeyValue("subject", row.subject())
                .addKeyValue("reason", reason)
                .log("Event parked: rejected by Kafka; later events are published");
    }

    /** Deletes some of the events that were published longer ago than this, and returns how many. */
    int deletePublished(JdbcClient jdbc, Duration history, int limit) {
        return jdbc.sql("""
            delete from %1$s where sequence in (
                select sequence from %1$s
                where relayed_at < clock_timestamp() - :history * interval '1 millisecond'
                order by relayed_at
                limit :limit)
            """.formatted(table))
                .param("history", history.toMillis())
                .param("limit", limit)
                .update();
    }

    /** @param oldestSeconds the age of the oldest event that waits; 0 when none does */
    record Backlog(long waiting, long parked, long oldestSeconds) {}

    Backlog backlog(JdbcClient jdbc) {
        return jdbc.sql("""
            select (select count(*) from %1$s where relayed_at is null and error is null) as waiting,
                   (select count(*) from %1$s where error is not null) as parked,
                   (select coalesce(extract(epoch from clock_timestamp() - created_at), 0)::bigint from %1$s
                    where relayed_at is null and error is null order by sequence limit 1) as oldest
            """.formatted(table))
                .query((row, n) -> new Backlog(row.getLong("waiting"), row.getLong("parked"), row.getLong("oldest")))
                .single();
    }
}
