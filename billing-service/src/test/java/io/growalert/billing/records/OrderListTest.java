package io.growalert.billing.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.shipping.ShippingAddress;
import io.growalert.billing.shipping.ShippingState;
import io.growalert.runtime.database.Cursor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class OrderListTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final TestDatabase database = TestDatabase.migrated();
    private final JdbcClient jdbc = database.jdbc();
    private final OrderList list = new OrderList(jdbc);

    @BeforeEach
    void order() {
        jdbc.sql("""
                insert into billing.customers (id, email, name, balance, delinquent, deleted, created_at)
                values ('cus_1', 'ann@example.com', 'Ann', 0, false, false, now()),
                       ('cus_2', 'bob@example.com', 'Bob', 0, false, false, now())
                """).update();
        order("ord_1", "cus_1", "paid", 0);
        order("ord_2", "cus_2", "pending", 1);
        order("ord_3", "cus_unknown", "paid", 2);
        order("ord_4", null, "canceled", 2);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void the_latest_orders_are_first_with_their_customers_addresses() {
        jdbc.sql("update billing.device_orders set refunded_amount = 4900, disputed = true where id = 'ord_1'")
                .update();

        jdbc.sql("""
                insert into billing.shipping_addresses (order_id, customer, name, line1, city, postal_code, country)
                values ('ord_1', 'cus_1', 'Ann Grower', 'Main Street 1', 'Bonn', '53111', 'DE')
                """).update();

        var orders = list.read(null, null, null, null, 10).orders();

        assertThat(orders).extracting(OrderList.Entry::id).containsExactly("ord_4", "ord_3", "ord_2", "ord_1");
        assertThat(orders.getLast())
                .isEqualTo(new OrderList.Entry(
                        "ord_1",
                        "cus_1",
                        "ann@example.com",
                        "paid",
                        2,
                        "eur",
                        4_900,
                        9_800,
                        4_900,
                        true,
                        NOON,
                        ShippingState.OPEN,
                        null,
                        null,
                        new ShippingAddress("Ann Grower", "Main Street 1", null, "Bonn", "53111", null, "DE", null)));
        assertThat(orders.get(1).email()).isNull();
        assertThat(orders.toString()).doesNotContain("ann@", "Ann", "Main Street");
    }

    @Test
    void orders_are_found_by_the_state_of_their_fulfilment() {
        order("ord_5", "cus_1", "paid", 3);
        order("ord_6", "cus_1", "paid", 4);
        order("ord_7", "cus_1", "paid", 5);
        order("ord_8", "cus_1", "paid", 6);
        jdbc.sql("insert into billing.shipments (order_id, shipped_at) values ('ord_8', null)")
                .update();
        jdbc.sql("update billing.device_orders set refunded_amount = amount where id = 'ord_7'")
                .update();
        jdbc.sql("insert into billing.shipments (order_id, tracking) values ('ord_6', 'DE1'), ('ord_7', null)")
                .update();
        jdbc.sql("""
                insert into billing.shipping_addresses (order_id, customer, name, line1, city, postal_code, country)
                select id, 'cus_1', 'Ann', 'Main Street 1', 'Bonn', '53111', 'DE'
                from unnest(array['ord_2', 'ord_4', 'ord_5', 'ord_6']) as id
                """).update();

        assertThat(Arrays.stream(ShippingState.values()).map(state -> ids(list.read(null, state, null, null, 10))))
                .containsExactly(
                        List.of("ord_3", "ord_1"),
                        List.of("ord_5"),
                        List.of("ord_6"),
                        List.of("ord_8"),
                        List.of("ord_7"),
                        List.of("ord_4"),
                        List.of("ord_2"));
        assertThat(ids(list.read("canceled", ShippingState.OPEN, null, null, 10)))
                .isEmpty();
    }

    @Test
    void orders_are_found_by_status_and_by_the_beginning_of_their_id_or_their_customer() {
        assertThat(ids(list.read("paid", null, null, null, 10))).containsExactly("ord_3", "ord_1");
        assertThat(ids(list.read(null, null, "ord_2", null, 10))).containsExactly("ord_2");
        assertThat(ids(list.read(null, null, "ord_", null, 10))).hasSize(4);
        assertThat(ids(list.read(null, null, "ANN@", null, 10))).containsExactly("ord_1");
        assertThat(ids(list.read(null, null, "bo", null, 10))).containsExactly("ord_2");
        assertThat(ids(list.read("paid", null, "bo", null, 10))).isEmpty();
        assertThat(ids(list.read(null, null, "_", null, 10))).isEmpty();
    }

    @Test
    void pages_neither_repeat_nor_leave_out_orders_while_others_are_added() {
        var seen = new ArrayList<String>();

        var page = list.read(null, null, null, null, 1);
        seen.addAll(ids(page));
        for (int added = 0; page.next() != null; added++) {
            order("ord_new" + added, "cus_1", "paid", 60);
            page = list.read(null, null, null, Cursor.read(page.next()), 1);
            seen.addAll(ids(page));
        }

        assertThat(seen).containsExactly("ord_4", "ord_3", "ord_2", "ord_1");
    }

    private static List<String> ids(OrderList.Page page) {
        return page.orders().stream().map(OrderList.Entry::id).toList();
    }

    private void order(String id, @Nullable String customer, String status, int second) {
        jdbc.sql("""
                insert into billing.device_orders (id, customer, payment, status, quantity, currency, unit_amount, amount, created_at)
                values (:id, :customer, 'pi_' || :id, :status, 2, 'eur', 4900, 9800, :at::timestamptz)
                """)
                .param("id", id)
                .param("customer", customer)
                .param("status", status)
                .param("at", NOON.plusSeconds(second).toString())
                .update();
    }
}
