package io.growalert.runtime.outbox;

import io.growalert.runtime.loop.Waiter;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Adds events to an outbox table in the transaction of the change; {@link OutboxRelay} publishes them. */
public final class Outbox {
    private final JdbcClient jdbc;
    private final OutboxTable table;
    private final Waiter relay = new Waiter();

    /** @param table with its schema, for example {@code billing.outbox} */
    public Outbox(JdbcClient jdbc, String table) {
        this.jdbc = jdbc;
        this.table = new OutboxTable(table);
    }

    /**
     * Adds these events in this order, in the current transaction, which must have locked their keys, or another transaction
     * could get between. Call {@link #wake} after the commit.
     *
     * @throws org.springframework.dao.DuplicateKeyException when one of the events was added before
     */
    public void add(List<OutboxEvent> events) {
        if (!events.isEmpty()) {
            table.add(jdbc, events);
        }
    }

    /** The relay publishes at once, rather than at its next poll. */
    public void wake() {
        relay.wake();
    }

    Waiter relay() {
        return relay;
    }

    OutboxTable table() {
        return table;
    }

    OutboxTable.Backlog backlog() {
        return table.backlog(jdbc);
    }
}
