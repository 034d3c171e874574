package io.growalert.billing.records;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.database.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Customers page by page with their personal data, for admins; the latest first. */
public final class CustomerList {
    private static final String NONE = "none";
    private static final String DELETED = "deleted";
    /** By which customers are filtered: the statuses of a subscription at Stripe, no subscription, and a deleted customer. */
    public static final List<String> STATES = List.of(
            "active",
            "trialing",
            "past_due",
            "unpaid",
            "incomplete",
            "incomplete_expired",
            "canceled",
            "paused",
            NONE,
            DELETED);

    /** Of the subscriptions {@code s} of a customer: the latest that has not ended, or else the latest. */
    static final String CURRENT =
            "order by s.status in ('canceled', 'incomplete_expired'), s.created_at desc, s.id desc limit 1";

    private final JdbcClient jdbc;

    public CustomerList(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A page of them.
     *
     * @param next where the next page begins; null on the last one
     */
    public record Page(List<Entry> customers, @Nullable String next) {}

    /**
     * A customer.
     *
     * @param email null when it was erased, or when Stripe has none; so is the name
     * @param subscription the latest that has not ended, or else the latest; null without any
     * @param orders how many orders of devices, in whatever status
     */
    public record Entry(
            String id,
            @Nullable String email,
            @Nullable String name,
            boolean deleted,
            @Nullable Instant createdAt,
            @Nullable CurrentSubscription subscription,
            long orders) {
        /** Without personal data. */
        @Override
        public String toString() {
            return "Entry[id=%s]".formatted(id);
        }
    }

    /**
     * A customer's subscription.
     *
     * @param price the id of its first price
     * @param cancelAt when it ends; null while it continues
     */
    public record CurrentSubscription(
            String status, @Nullable String price, @Nullable Instant cancelAt) {}

    private static final String LISTED = "coalesce(c.created_at, 'epoch'::timestamptz)";

    private static final String LIST = """
            select c.id, c.email, c.name, c.deleted, c.created_at, c.listed, s.status, s.price, s.cancel_at,
                   (select count(*) from billing.device_orders o where o.customer = c.id) as orders
            from (select c.id, c.email, c.name, c.deleted, c.created_at, %1$s as listed
                  from billing.customers c
                  where %%s
                  order by %1$s desc, c.id desc
                  limit :limit) as c
                 left join lateral (
                     select s.status, i.price,
                            coalesce(s.cancel_at, case when s.cancel_at_period_end then i.period_end end) as cancel_at
                     from billing.subscriptions s
                          left join lateral (select price, period_end from billing.subscription_items
                                             where subscription = s.id order by id limit 1) as i on true
                     where s.customer = c.id
                     %2$s) as s on true
            order by c.listed desc, c.id desc
            """.formatted(LISTED, CURRENT);

    // the first condition finds the candidates of a rare status at once
    private static final String IN_STATUS = """
            c.id in (select s.customer from billing.subscriptions s where s.status = :state)
            and (select s.status from billing.subscriptions s where s.customer = c.id %s) = :state
            """.formatted(CURRENT);

    private record Row(Entry entry, Instant listed) {}

    /**
     * A page of the customers whose id, e-mail address or name begins with a text.
     *
     * @param search null: all
     * @param state one of {@link #STATES}, of the customer's {@link CurrentSubscription}; null: all
     * @param after the position of the page; null: the first
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public Page read(@Nullable String search, @Nullable String state, @Nullable Cursor after, int limit) {
        var conditions = new ListConditions();
        if (search != null) {
            conditions.add(CustomerSearch.CONDITION, "search", search);
        }
        if (state != null) {
            filter(conditions, state);
        }
        if (after != null) {
            conditions
                    .add(
                            "(%s, c.id) < (:after, :id)".formatted(LISTED),
                            "id",
                            after.requireSize(2).value(1))
                    .parameter("after", after.time(0));
        }
        var rows = jdbc.sql(LIST.formatted(conditions.text()))
                .params(conditions.parameters())
                .param("limit", limit + 1)
                .query(CustomerList::row)
                .list();
        var page = rows.subList(0, Math.min(limit, rows.size()));
        var last = rows.size() > limit ? page.getLast() : null;
        return new Page(
                page.stream().map(Row::entry).toList(),
                last == null
                        ? null
                        : Cursor.of(last.listed(), last.entry().id()).text());
    }

    private static void filter(ListConditions conditions, String state) {
        switch (state) {
            case NONE ->
                conditions.add(
                        "not c.deleted and not exists (select from billing.subscriptions s where s.customer = c.id)");
            case DELETED -> conditions.add("c.deleted");
            default -> conditions.add(IN_STATUS, "state", state);
        }
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        var status = row.getString("status");
        var entry = new Entry(
                row.getString("id"),
                row.getString("email"),
                row.getString("name"),
                row.getBoolean("deleted"),
                Columns.optionalInstant(row, "created_at"),
                status == null
                        ? null
                        : new CurrentSubscription(
                                status, row.getString("price"), Columns.optionalInstant(row, "cancel_at")),
                row.getLong("orders"));
        return new Row(entry, Columns.instant(row, "listed"));
    }
}
