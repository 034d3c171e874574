package io.growalert.billing.records;

import io.growalert.billing.shipping.ShippingAddress;
import io.growalert.billing.shipping.ShippingState;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.database.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Orders of devices page by page with their customers' addresses, for admins; the latest first. */
public final class OrderList {
    /** The lifecycle of an order. */
    public static final List<String> STATUSES =
            List.of("pending", "awaiting_confirmation", "processing", "paid", "canceled");

    private final JdbcClient jdbc;

    public OrderList(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A page of them.
     *
     * @param next where the next page begins; null on the last one
     */
    public record Page(List<Entry> orders, @Nullable String next) {}

    /**
     * An order. Amounts are in the smallest unit of the currency.
     *
     * @param email of the customer; null when it was erased, or the customer is not recorded
     * @param disputed whether a dispute is open or lost
     * @param tracking null: none
     * @param shippedAt null: not shipped
     * @param shipping null: unknown, or erased
     */
    public record Entry(
            String id,
            @Nullable String customer,
            @Nullable String email,
            String status,
            long quantity,
            String currency,
            long unitAmount,
            long amount,
            long refundedAmount,
            boolean disputed,
            Instant createdAt,
            ShippingState shippingState,
            @Nullable String tracking,
            @Nullable Instant shippedAt,
            @Nullable ShippingAddress shipping) {
        /** Without personal data. */
        @Override
        public String toString() {
            return "Entry[id=%s, status=%s]".formatted(id, status);
        }
    }

    private static final String SELECT = """
            select o.*, c.email from billing.orders o left join billing.customers c on c.id = o.customer
            """;

    private static final String SEARCH = """
            (o.id ~>=~ :search and o.id ~<~ (:search || chr(1114111))
             or o.customer in (select c.id from billing.customers c where %s))
            """.formatted(CustomerSearch.CONDITION);

    /**
     * A page of the orders whose id begins with a text, or whose customer's id, e-mail address or name does.
     *
     * @param status one of {@link #STATUSES}; null: all
     * @param state of the fulfilment; null: all
     * @param search null: all
     * @param after the position of the page; null: the first
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public Page read(
            @Nullable String status,
            @Nullable ShippingState state,
            @Nullable String search,
            @Nullable Cursor after,
            int limit) {
        var conditions = new ListConditions();
        if (state != null) {
            conditions.add(ofState(state), "state", state.text());
        }
        if (status != null) {
            conditions.add("o.status = :status", "status", status);
        }
        if (search != null) {
            conditions.add(SEARCH, "search", search);
        }
        if (after != null) {
            conditions
                    .add(
                            "(o.created_at, o.id) < (:after, :id)",
                            "id",
                            after.requireSize(2).value(1))
                    .parameter("after", after.time(0));
        }
        var rows = jdbc.sql(
                        SELECT + " where " + conditions.text() + " order by o.created_at desc, o.id desc limit :limit")
                .params(conditions.parameters())
                .param("limit", limit + 1)
                .query(OrderList::entry)
                .list();
        var page = rows.subList(0, Math.min(limit, rows.size()));
        var last = rows.size() > limit ? page.getLast() : null;
        return new Page(
                List.copyOf(page),
                last == null ? null : Cursor.of(last.createdAt(), last.id()).text());
    }

    /** With the statuses that it follows from, which an index finds. */
    private static String ofState(ShippingState state) {
        var statuses =
                switch (state) {
                    case ADDRESS_MISSING, OPEN, SHIPPED, UNKNOWN, REFUNDED -> "o.status = 'paid'";
                    case CANCELED -> "o.status = 'canceled'";
                    case NONE -> "o.status in ('pending', 'awaiting_confirmation', 'processing')";
                };
        return statuses + " and o.shipping_state = :state";
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                row.getString("id"),
                row.getString("customer"),
                row.getString("email"),
                row.getString("status"),
                row.getLong("quantity"),
                row.getString("currency"),
                row.getLong("unit_amount"),
                row.getLong("amount"),
                row.getLong("refunded_amount"),
                row.getBoolean("disputed"),
                Columns.instant(row, "created_at"),
                ShippingState.of(row.getString("shipping_state")).orElseThrow(),
                row.getString("tracking"),
                Columns.optionalInstant(row, "shipped_at"),
                ShippingAddress.read(row));
    }
}
