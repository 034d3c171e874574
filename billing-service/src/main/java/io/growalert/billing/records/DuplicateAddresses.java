package io.growalert.billing.records;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.database.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Customers that share an e-mail address, for admins: earlier releases, or other software, created a customer twice. */
public final class DuplicateAddresses {
    private final JdbcClient jdbc;

    public DuplicateAddresses(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A page of the shared addresses.
     *
     * @param next where the next page begins; null on the last one
     */
    public record Page(
            List<SharedAddress> addresses, @Nullable String next) {}

    /**
     * An address, personal data.
     *
     * @param email in lower case
     * @param customers at least two, the oldest first
     */
    public record SharedAddress(String email, List<Holder> customers) {
        public SharedAddress {
            customers = List.copyOf(customers);
        }

        /** Without personal data. */
        @Override
        public String toString() {
            return "SharedAddress%s".formatted(customers);
        }
    }

    /**
     * A customer with the address.
     *
     * @param verified whether the customer signed in by a mail to the address
     * @param subscription the status of its subscription at Stripe: the latest that has not ended, or else the latest; null without any
     * @param orders how many orders of devices, in whatever status
     */
    public record Holder(
            String id,
            @Nullable Instant createdAt,
            boolean verified,
            @Nullable String subscription,
            long orders) {}

    // ordered by a digest, since a cursor must not have the address
    private static final String LIST = """
            with shared as (
                select encode(sha256(convert_to(lower(email), 'UTF8')), 'hex') as digest, lower(email) as email
                from billing.customers
                where email is not null and not deleted
                group by lower(email)
                having count(*) > 1
            )
            select d.digest, d.email, c.id, c.created_at,
                   exists (select from billing.registrations r where r.customer = c.id and r.verified_at is not null) as verified,
                   (select s.status from billing.subscriptions s where s.customer = c.id %s) as subscription,
                   (select count(*) from billing.device_orders o where o.customer = c.id) as orders
            from (select * from shared where digest > :after order by digest limit :limit) as d
                 join billing.customers c on lower(c.email) = d.email and not c.deleted
            order by d.digest, c.created_at nulls first, c.id
            """.formatted(CustomerList.CURRENT);

    private record Row(String digest, String email, Holder holder) {}

    /**
     * A page of them, in no meaningful order.
     *
     * @param after the position of the page; null: the first
     * @param limit addresses
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public Page read(@Nullable Cursor after, int limit) {
        var rows = jdbc.sql(LIST)
                .param("after", after == null ? "" : after.requireSize(1).value(0))
                .param("limit", limit + 1)
                .query(DuplicateAddresses::row)
                .list();
        var holders = new LinkedHashMap<String, List<Row>>();
        rows.forEach(row ->
                holders.computeIfAbsent(row.digest(), _ -> new ArrayList<>()).add(row));
        var digests = List.copyOf(holders.keySet());
        var page = digests.subList(0, Math.min(limit, digests.size()));
        return new Page(
                page.stream()
                        .map(digest -> shared(holders.getOrDefault(digest, List.of())))
                        .toList(),
                digests.size() > limit ? Cursor.of(page.getLast()).text() : null);
    }

    private static SharedAddress shared(List<Row> rows) {
        return new SharedAddress(
                rows.getFirst().email(), rows.stream().map(Row::holder).toList());
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getString("digest"),
                row.getString("email"),
                new Holder(
                        row.getString("id"),
                        Columns.optionalInstant(row, "created_at"),
                        row.getBoolean("verified"),
                        row.getString("subscription"),
                        row.getLong("orders")));
    }
}
