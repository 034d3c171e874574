package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.report.Report;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The schema {@code billing} of one database, read only. */
public record BillingDatabase(Connection connection) implements AutoCloseable {
    /** For {@link #applyFrom}. */
    static final String AT_ONCE = "clock_timestamp()";

    public static final String IN_A_DAY = AT_ONCE + " + interval '1 day'";

    /** Each has an {@code id}. */
    static final List<String> RECORDS = List.of(
            "customers",
            "subscriptions",
            "subscription_items",
            "invoices",
            "invoice_payments",
            "payments",
            "charges",
            "refunds",
            "disputes",
            "device_orders");

    public static BillingDatabase of(PostgresProcess postgres, String database) throws SQLException {
        return new BillingDatabase(postgres.connect(database));
    }

    /** When events are due that are stored from now on; those that were stored before are forgotten. */
    public void applyFrom(String due) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("alter table billing.stripe_events alter column due_at set default " + due);
            statement.execute("truncate billing.stripe_events");
        }
    }

    /** The pending work: events to apply, fetches, billing events to publish. */
    record Backlog(long received, long fetches, long withoutEvent) {
        /** Counting it is not free, and the database is measured. */
        Duration untilNext() {
            return Duration.ofMillis(received + withoutEvent > 2_000 ? 1_000 : 100);
        }

        boolean isEmpty() {
            return received == 0 && fetches == 0 && withoutEvent == 0;
        }
    }

    Backlog backlog() throws SQLException {
        return new Backlog(
                count("select count(*) from billing.stripe_events where state = 'received'"),
                count("select count(*) from billing.fetches"),
                count("select count(*) from billing.outbox where relayed_at is null and error is null"));
    }

    /**
     * Waits until nothing is left to be done.
     *
     * @param patience how long nothing may move before it gives up
     * @return whether it came to that
     */
    boolean awaitSettled(Duration patience) throws SQLException, InterruptedException {
        var last = backlog();
        long movedAt = System.nanoTime();
        while (!last.isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(last.untilNext().toMillis());
            var now = backlog();
            if (!now.equals(last)) {
                last = now;
                movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > patience.toNanos()) {
                Report.print("NOT settled: nothing moved for %d s with %s".formatted(patience.toSeconds(), now));
                return false;
            }
        }
        return true;
    }

    Map<String, Long> states() throws SQLException {
        var states = new TreeMap<String, Long>();
        query(
                "select state, count(*)::text from billing.stripe_events group by state",
                (state, count) -> states.put(state, Long.valueOf(count)));
        return states;
    }

    /** The errors of parked events, each with how often it occurs. */
    Map<String, String> parked() throws SQLException {
        return pairs("select coalesce(error, '') || ' (' || type || ')', count(*)::text from billing.stripe_events"
                + " where state = 'parked' group by 1");
    }

    Set<String> eventIds() throws SQLException {
        var ids = new HashSet<String>();
        query("select id, state from billing.stripe_events", (id, state) -> ids.add(id));
        return ids;
    }

    /** Every row of a table by its id, with all its columns. */
    Map<String, String> rows(String table) throws SQLException {
        return pairs("select id, to_jsonb(t)::text from billing.%s t".formatted(table));
    }

    /** What each object's record came to. */
    Map<String, String> digests() throws SQLException {
        return pairs("select id, kind || ' ' || coalesce(customer, '-') || ' ' || digest from billing.objects");
    }

    /** For each customer, the ids of its events on growalert.billing, in the order in which they were decided. */
    Map<String, String> publishedIds() throws SQLException {
        return pairs("select key, string_agg(id, ' ' order by sequence) from billing.outbox"
                + " where type not like 'entitlement.%' group by key");
    }

    public long count(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private Map<String, String> pairs(String sql) throws SQLException {
        var pairs = new HashMap<String, String>();
        query(sql, pairs::put);
        return pairs;
    }

    private interface Pair {
        void take(String first, String second);
    }

    private void query(String sql, Pair each) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                each.take(rows.getString(1), rows.getString(2));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
