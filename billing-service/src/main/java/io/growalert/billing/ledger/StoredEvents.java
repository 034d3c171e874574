package io.growalert.billing.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code billing.stripe_events}: what is to be applied, and what came of it. All times are the database's. */
final class StoredEvents {
    /** Of payloads, which a batch holds in memory. */
    private static final int BYTES_AT_ONCE = 16 << 20;

    private final JdbcClient jdbc;

    StoredEvents(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An event that nobody else has as long as our transaction lasts.
     *
     * @param payload null when it was erased
     * @param attempts how often it was tried in vain
     * @param error why, at last
     * @param awaits the object that it waited for in vain, as its fetch is not done
     * @param age since it was received
     */
    record StoredEvent(
            String id,
            String type,
            Instant created,
            @Nullable String object,
            @Nullable String payload,
            int attempts,
            @Nullable String error,
            @Nullable String awaits,
            Duration age) {}

    private static final String COLUMNS = """
            id, type, created, object, payload, attempts, error, awaits,
            (extract(epoch from clock_timestamp() - received_at) * 1000)::bigint as age
            """;

    // payloads that are left out are not even read, since they are stored beside the row
    private static final String CLAIM = """
            with due as materialized (
                select * from billing.stripe_events
                where state = 'received' and due_at <= clock_timestamp()
                order by due_at
                limit :limit
                for update skip locked
            ), counted as (
                select *, sum(octet_length(payload)) over (order by due_at, id) - octet_length(payload) as before from due
            )
            select %s from counted where before is null or before < :bytes order by due_at, id
            """.formatted(COLUMNS);

    /** Takes those that are due, the longest first: one at least, and others while their payloads are not too much. */
    List<StoredEvent> claim(int limit) {
        return jdbc.sql(CLAIM)
                .param("limit", limit)
                .param("bytes", BYTES_AT_ONCE)
                .query((row, n) -> event(row))
                .list();
    }

    private static final String CLAIM_ONE = """
            select %s from billing.stripe_events
            where id = :id and state = 'received' and due_at <= clock_timestamp() for update skip locked
            """.formatted(COLUMNS);

    List<StoredEvent> claim(String id) {
        return jdbc.sql(CLAIM_ONE).param("id", id).query((row, n) -> event(row)).list();
    }

    private static StoredEvent event(ResultSet row) throws SQLException {
        return new StoredEvent(
                row.getString("id"),
                row.getString("type"),
                Sql.instant(row, "created"),
                row.getString("object"),
                row.getString("payload"),
                row.getInt("attempts"),
                row.getString("error"),
                row.getString("awaits"),
                Duration.ofMillis(row.getLong("age")));
    }

    /**
     * What came of an event.
     *
     * @param state the column's
     * @param customer whose it turned out to be; null when that is not known
     * @param awaits the object that is to be fetched first
     * @param delay until it is tried again; null when it is not
     */
    record Mark(
            StoredEvent event,
            String state,
            int attempts,
            @Nullable String error,
            @Nullable String customer,
            @Nullable String awaits,
            @Nullable Duration delay) {

        static Mark done(StoredEvent event, String state, @Nullable String customer) {
            return new Mark(event, state, event.attempts(), null, customer, null, null);
        }

        /** Its object is not ours. */
        static Mark foreign(StoredEvent event, @Nullable String customer) {
            return new Mark(event, "ignored", event.attempts(), Origins.FOREIGN, customer, null, null);
        }
    }

    private static final String MARK = """
            update billing.stripe_events e
            set state = m.state, attempts = m.attempts, error = m.error, awaits = m.awaits,
                customer = coalesce(e.customer, m.customer),
                payload = case when m.state = 'ignored' then null
                               when m.state = 'parked'
                                    and exists (select from billing.customers c
                                                where c.id = coalesce(e.customer, m.customer) and c.deleted) then null
                               else e.payload end,
                due_at = case when m.delay is null then e.due_at
                              else clock_timestamp() + m.delay * interval '1 millisecond' end,
                done_at = case when m.state in ('applied', 'ignored') then clock_timestamp() end
            from unnest(:ids::text[], :states::text[], :attempts::integer[], :errors::text[], :customers::text[],
                        :awaits::text[], :delays::bigint[])
                 as m (id, state, attempts, error, customer, awaits, delay)
            where e.id = m.id
            """;

    void mark(Collection<Mark> marks) {
        if (marks.isEmpty()) {
            return;
        }
        jdbc.sql(MARK)
                .param("ids", Sql.texts(marks, mark -> mark.event().id()))
                .param("states", Sql.texts(marks, Mark::state))
                .param("attempts", Sql.numbers(marks, Mark::attempts))
                .param("errors", Sql.texts(marks, Mark::error))
                .param("customers", Sql.texts(marks, Mark::customer))
                .param("awaits", Sql.texts(marks, Mark::awaits))
                .param("delays", Sql.millis(marks, Mark::delay))
                .update();
    }

    private static final String ERASE = """
            update billing.stripe_events set payload = null
            where customer = any(:customers) and payload is not null and state <> 'received'
            """;

    /** Forgets what the customers' events said. What is still to be applied is forgotten as soon as it is. */
    int erase(Collection<String> customers) {
        return customers.isEmpty()
                ? 0
                : jdbc.sql(ERASE)
                        .param("customers", customers.toArray(String[]::new))
                        .update();
    }
}
