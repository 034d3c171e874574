package io.growalert.billing.webhook;

import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@code billing.stripe_events} for the stages that apply them: claims what is due, updates it, and makes due what waited. All
 * times are the database's.
 */
public final class StoredEvents {
    /** Of payloads, which a batch holds in memory. */
    private static final int BYTES_AT_ONCE = 16 << 20;
    /** How many due events are considered for each that is claimed. */
    private static final int CONSIDERED = 4;

    private final JdbcClient jdbc;

    public StoredEvents(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String LAST_DONE = """
            select max(done_at) as done from billing.stripe_events where state in ('applied', 'ignored')
            """;

    /** When an event was last applied or ignored; empty: never. */
    public Optional<Instant> lastDone() {
        return jdbc.sql(LAST_DONE)
                .query((row, n) -> Optional.ofNullable(Columns.optionalInstant(row, "done")))
                .single();
    }

    private static final String COLUMNS = """
            id, type, created, object, payload, attempts, error, awaits,
            (extract(epoch from clock_timestamp() - received_at) * 1000)::bigint as age
            """;

    // The time is a subquery, so that the index is read up to it; a function is called for each event that is due
    // later.
    // Events of customers whom another transaction has locked could not be applied, and are passed over; the limit on
    // what
    // is considered limits the locks too. A row is locked only if it is unchanged since it was found. Payloads of rows
    // that
    // are left out are not read, since they are stored beside the row.
    private static final String CLAIM = """
            with due as materialized (
                select e.*
                from (select ctid as place, due_at, customer from billing.stripe_events
                      where state = 'received' and due_at <= (select clock_timestamp())
                      order by due_at limit :considered) as next
                     cross join lateral (select * from billing.stripe_events
                                         where ctid = next.place and state = 'received' and due_at = next.due_at
                                         for update skip locked) as e
                where next.customer is null or pg_try_advisory_xact_lock(hashtextextended(next.customer, 0))
                order by next.due_at
                limit :limit
            ), counted as (
                select *, sum(octet_length(payload)) over (order by due_at, id) - octet_length(payload) as before from due
            )
            select %s from counted where before is null or before < :bytes order by due_at, id
            """.formatted(COLUMNS);

    /**
     * Claims due events, the longest due first: at least one, and further ones up to a limit of payload bytes. Locks their
     * customers, as far as the events state them, and leaves out those whom another transaction has locked.
     */
    public List<StoredEvent> claim(int limit) {
        return jdbc.sql(CLAIM)
                .param("considered", limit * CONSIDERED)
                .param("limit", limit)
                .param("bytes", BYTES_AT_ONCE)
                .query((row, n) -> event(row))
                .list();
    }

    private static final String UNCLAIMED = """
            select true from billing.stripe_events
            where state = 'received' and due_at <= (select clock_timestamp())
            order by due_at limit 1 for update skip locked
            """;

    /** Whether an event is due that no transaction has claimed. */
    public boolean anyUnclaimed() {
        return !jdbc.sql(UNCLAIMED).query(Boolean.class).list().isEmpty();
    }

    private static final String CLAIM_ONE = """
            select %s from billing.stripe_events
            where id = :id and state = 'received' and due_at <= clock_timestamp() for update skip locked
            """.formatted(COLUMNS);

    public List<StoredEvent> claim(String id) {
        return jdbc.sql(CLAIM_ONE).param("id", id).query((row, n) -> event(row)).list();
    }

    private static StoredEvent event(ResultSet row) throws SQLException {
        return new StoredEvent(
                row.getString("id"),
                row.getString("type"),
                Columns.instant(row, "created"),
                row.getString("object"),
                row.getString("payload"),
                row.getInt("attempts"),
                row.getString("error"),
                row.getString("awaits"),
                Duration.ofMillis(row.getLong("age")));
    }

    private static final String UPDATE = """
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

    public void update(Collection<EventUpdate> updates) {
        if (updates.isEmpty()) {
            return;
        }
        jdbc.sql(UPDATE)
                .param("ids", Columns.texts(updates, update -> update.event().id()))
                .param("states", Columns.texts(updates, update -> update.state().text()))
                .param("attempts", Columns.numbers(updates, EventUpdate::attempts))
                .param("errors", Columns.texts(updates, EventUpdate::error))
                .param("customers", Columns.texts(updates, EventUpdate::customer))
                .param("awaits", Columns.texts(updates, EventUpdate::awaits))
                .param("delays", Columns.millis(updates, EventUpdate::delay))
                .update();
    }

    private static final String ERASE = """
            update billing.stripe_events set payload = null
            where customer = any(:customers) and payload is not null and state <> 'received'
            """;

    /** Erases the payloads of the customers' events; that of an event to be applied is erased once it is applied. */
    public int erase(Collection<String> customers) {
        return customers.isEmpty()
                ? 0
                : jdbc.sql(ERASE)
                        .param("customers", customers.toArray(String[]::new))
                        .update();
    }

    private static final String AWAITING = """
            where id in (select id from billing.stripe_events where awaits = :object and state = 'received'
                         order by id for update)
            """;

    private static final String RESUME = """
            update billing.stripe_events set awaits = null, error = null, due_at = clock_timestamp()
            """ + AWAITING;

    /**
     * The object was fetched: the events that await it are due. To be called after the commit and outside a transaction: a batch
     * may hold the event and request a fetch, so holding the fetch and requesting the event could deadlock.
     */
    public void resume(String object) {
        jdbc.sql(RESUME).param("object", object).update();
    }

    // the same delay as after any other failure, see RetryPolicy
    private static final String FAIL = """
            update billing.stripe_events
            set awaits = null, attempts = attempts + 1, error = :error,
                due_at = clock_timestamp() + least(interval '1 second' * power(2, least(attempts, 20)), interval '5 minutes')
            """ + AWAITING;

    /** The object cannot be fetched: one more failed attempt of the events that await it. As {@link #resume}, no transaction. */
    public void fail(String object, String reason) {
        jdbc.sql(FAIL).param("object", object).param("error", reason).update();
    }

    // the payloads of ignored events are erased, so their objects are fetched from Stripe
    private static final String RECEIVE_FOREIGN = """
            update billing.stripe_events
            set state = 'received', attempts = 0, error = null, done_at = null, due_at = clock_timestamp()
            where customer = any(:customers) and state = 'ignored' and error = :foreign
            """;

    // skips what another batch has locked: that batch judges it anyway, and neither may wait for the other
    private static final String RESUME_OF_CUSTOMERS = """
            update billing.stripe_events set due_at = clock_timestamp()
            where id in (select id from billing.stripe_events
                         where customer = any(:customers) and payload is not null and state = 'received' and awaits is null
                               and (error is null or error = :deleted) and due_at > (select clock_timestamp())
                         order by id for update skip locked)
            """;

    /** The customers, whose keys are locked, turned out to be ours: their ignored and waiting events are due. */
    public void receiveAgain(Collection<String> customers) {
        if (!customers.isEmpty()) {
            var ids = customers.toArray(String[]::new);
            jdbc.sql(RECEIVE_FOREIGN)
                    .param("customers", ids)
                    .param("foreign", EventUpdate.FOREIGN)
                    .update();
            jdbc.sql(RESUME_OF_CUSTOMERS)
                    .param("customers", ids)
                    .param("deleted", EventUpdate.CUSTOMER_DELETED)
                    .update();
        }
    }

    private static final String WAITING =
            "select count(*) from billing.stripe_events where id = any(:ids) and state = 'received'";

    /** How many of these events are not applied yet. */
    public long waiting(Collection<String> ids) {
        return ids.isEmpty()
                ? 0
                : jdbc.sql(WAITING)
                        .param("ids", ids.toArray(String[]::new))
                        .query(Long.class)
                        .single();
    }
}
