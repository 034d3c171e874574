package io.growalert.billing.shipping;

import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A customer's own orders, as the customer sees them. */
public final class CustomerOrders {
    private static final int MOST = 100;

    private final JdbcClient jdbc;

    public CustomerOrders(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An order. Amounts are in the smallest unit of the currency.
     *
     * @param disputed whether a dispute is open or lost
     * @param addressMissing whether the address is unknown and can be given
     * @param shipping null: unknown
     */
    public record CustomerOrder(
            String id,
            String status,
            long quantity,
            long amount,
            String currency,
            long refundedAmount,
            boolean disputed,
            Instant createdAt,
            ShippingState shippingState,
            boolean addressMissing,
            @Nullable String tracking,
            @Nullable Instant shippedAt,
            @Nullable ShippingAddress shipping) {
        /** Without personal data. */
        @Override
        public String toString() {
            return "CustomerOrder[id=%s, status=%s]".formatted(id, status);
        }
    }

    private static final String SELECT = """
            select id, status, quantity, amount, currency, refunded_amount, disputed, created_at, shipping_state, tracking,
                   shipped_at, %s
            from billing.orders
            where customer = :customer
            """.formatted(ShippingAddress.COLUMNS);

    /** The latest first, at most 100. */
    public List<CustomerOrder> of(String customer) {
        return jdbc.sql(SELECT + " order by created_at desc, id desc limit :limit")
                .param("customer", customer)
                .param("limit", MOST)
                .query(CustomerOrders::order)
                .list();
    }

    /** Empty when the customer has no such order. */
    public Optional<CustomerOrder> of(String customer, String order) {
        return jdbc.sql(SELECT + " and id = :order")
                .param("customer", customer)
                .param("order", order)
                .query(CustomerOrders::order)
                .optional();
    }

    private static CustomerOrder order(ResultSet row, int number) throws SQLException {
        var state = ShippingState.of(row.getString("shipping_state")).orElseThrow();
        var address = ShippingAddress.read(row);
        return new CustomerOrder(
                row.getString("id"),
                row.getString("status"),
                row.getLong("quantity"),
                row.getLong("amount"),
                row.getString("currency"),
                row.getLong("refunded_amount"),
                row.getBoolean("disputed"),
                Columns.instant(row, "created_at"),
                state,
                address == null && state.acceptsAddress(),
                row.getString("tracking"),
                Columns.optionalInstant(row, "shipped_at"),
                address);
    }
}
