package io.growalert.billing.shipping;

import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** {@code billing.shipping_addresses}. An address of an order can be changed until the order is shipped. */
public final class ShippingAddresses {
    /** For a lock: a client waits, and a connection. */
    private static final int WAIT_SECONDS = 5;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    public ShippingAddresses(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * Stores the address of an order that is about to be paid, or was; the latest one counts. Without effect for a customer who was
     * erased, and for an order that was shipped or belongs to another customer.
     */
    public void store(String order, String customer, ShippingAddress address) {
        transaction.executeWithoutResult(_ -> {
            lockCustomer(customer);
            lockOrder(order);
            write(order, customer, address);
        });
    }

    /**
     * Changes the address of a recorded order.
     *
     * @return the order's state before; the address is changed when that state {@link ShippingState#acceptsAddress accepts} one. Empty when the
     *     customer has no such order
     */
    public Optional<ShippingState> change(String order, String customer, ShippingAddress address) {
        return Objects.requireNonNull(transaction.execute(_ -> {
            lockCustomer(customer);
            lockOrder(order);
            var state = stateOf(order, customer);
            if (state.isPresent() && state.get().acceptsAddress()) {
                write(order, customer, address);
            }
            return state;
        }));
    }

    /** The customer cannot be erased meanwhile: the lock of its records, shared. */
    private void lockCustomer(String customer) {
        jdbc.sql("select true from (select pg_advisory_xact_lock_shared(hashtextextended(:customer, 0))) as locked")
                .withQueryTimeout(WAIT_SECONDS)
                .param("customer", customer)
                .query(Boolean.class)
                .single();
    }

    /** The order cannot be marked as shipped meanwhile. */
    private void lockOrder(String order) {
        jdbc.sql("select id from billing.device_orders where id = :order for update")
                .withQueryTimeout(WAIT_SECONDS)
                .param("order", order)
                .query(String.class)
                .optional();
    }

    private Optional<ShippingState> stateOf(String order, String customer) {
        return jdbc.sql("select shipping_state from billing.orders where id = :order and customer = :customer")
                .param("order", order)
                .param("customer", customer)
                .query(String.class)
                .optional()
                .map(state -> ShippingState.of(state).orElseThrow());
    }

    private static final String WRITE = """
            insert into billing.shipping_addresses as a
                   (order_id, customer, name, line1, line2, city, postal_code, state, country, phone)
            select :order, :customer, :name, :line1, :line2, :city, :postalCode, :state, :country, :phone
            where not exists (select from billing.customers where id = :customer and deleted)
              and not exists (select from billing.shipments where order_id = :order)
            on conflict (order_id) do update
            set name = excluded.name, line1 = excluded.line1, line2 = excluded.line2, city = excluded.city,
                postal_code = excluded.postal_code, state = excluded.state, country = excluded.country, phone = excluded.phone,
                changed_at = clock_timestamp()
            where a.customer = excluded.customer
            """;

    private void write(String order, String customer, ShippingAddress address) {
        jdbc.sql(WRITE)
                .param("order", order)
                .param("customer", customer)
                .param("name", address.name())
                .param("line1", address.line1())
                .param("line2", address.line2())
                .param("city", address.city())
                .param("postalCode", address.postalCode())
                .param("state", address.state())
                .param("country", address.country())
                .param("phone", address.phone())
                .update();
    }

    /** Which of these orders have an address. */
    public Set<String> known(Collection<String> orders) {
        return orders.isEmpty()
                ? Set.of()
                : new HashSet<>(
                        jdbc.sql("select order_id from billing.shipping_addresses where order_id = any(:orders)")
                                .param("orders", orders.toArray(String[]::new))
                                .query(String.class)
                                .list());
    }

    /** Deletes the addresses of erased customers, in the caller's transaction. */
    public static void erase(JdbcClient jdbc, Collection<String> customers) {
        if (!customers.isEmpty()) {
            jdbc.sql("delete from billing.shipping_addresses where customer = any(:customers)")
                    .param("customers", customers.toArray(String[]::new))
                    .update();
        }
    }

    // an order that is not recorded after 30 days was never paid: Stripe lists events for so long
    private static final String DELETE_OLD = """
            delete from billing.shipping_addresses where order_id in (
                select a.order_id from billing.shipping_addresses a
                     left join billing.device_orders o on o.id = a.order_id
                where a.changed_at < clock_timestamp() - interval '30 days' and (o.id is null or o.status = 'canceled')
                limit :batch)
            """;

    /** Deletes addresses of orders that were never paid, 30 days after the last change, and returns how many. */
    public int deleteOld(int batch) {
        return jdbc.sql(DELETE_OLD).param("batch", batch).update();
    }
}
