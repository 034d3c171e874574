package io.growalert.billing.shipping;

import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code billing.shipments}: which orders were shipped. All within the caller's transaction. */
public final class Shipments {
    private final JdbcClient jdbc;

    public Shipments(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The fulfilment of an order, without its address.
     *
     * @param customer null: unknown
     * @param amount in the smallest unit of the currency, as are the others
     * @param tracking null: none
     * @param shippedAt null: not shipped
     */
    public record Fulfilment(
            String order,
            @Nullable String customer,
            String payment,
            ShippingState state,
            long quantity,
            long amount,
            long refundedAmount,
            String currency,
            @Nullable String tracking,
            @Nullable Instant shippedAt) {}

    private static final String FIND = """
            select id, customer, payment, shipping_state, quantity, amount, refunded_amount, currency, tracking, shipped_at
            from billing.orders where id = :order
            """;

    public Optional<Fulfilment> find(String order) {
        return jdbc.sql(FIND).param("order", order).query(Shipments::fulfilment).optional();
    }

    /** As {@link #find}; neither the address nor the shipment can change before the transaction ends. */
    public Optional<Fulfilment> lock(String order) {
        jdbc.sql("select id from billing.device_orders where id = :order for update")
                .param("order", order)
                .query(String.class)
                .optional();
        return find(order);
    }

    private static Fulfilment fulfilment(ResultSet row, int number) throws SQLException {
        return new Fulfilment(
                row.getString("id"),
                row.getString("customer"),
                row.getString("payment"),
                ShippingState.of(row.getString("shipping_state")).orElseThrow(),
                row.getLong("quantity"),
                row.getLong("amount"),
                row.getLong("refunded_amount"),
                row.getString("currency"),
                row.getString("tracking"),
                Columns.optionalInstant(row, "shipped_at"));
    }

    private static final String MARK = """
            insert into billing.shipments (order_id, tracking) values (:order, :tracking)
            on conflict (order_id) do update
            set tracking = excluded.tracking, shipped_at = coalesce(shipments.shipped_at, excluded.shipped_at)
            """;

    /** Marks an order as shipped, or changes its tracking. */
    public void mark(String order, @Nullable String tracking) {
        jdbc.sql(MARK).param("order", order).param("tracking", tracking).update();
    }
}
