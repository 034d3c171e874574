package io.growalert.billing.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.runtime.database.Cursor;
import java.time.Instant;
import java.util.ArrayList;
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

        var orders = list.read(null, null, null, 10).orders();

        assertThat(orders).extracting(OrderList.Entry::id).containsExactly("ord_4", "ord_3", "ord_2", "ord_1");
        assertThat(orders.getLast())
                .isEqualTo(new OrderList.Entry(
                        "ord_1", "cus_1", "ann@example.com", "paid", 2, "eur", 4_900, 9_800, 4_900, true, NOON));
        assertThat(orders.get(1).email()).isNull();
        assertThat(orders.toString()).doesNotContain("ann@");
    }

    @Test
    void orders_are_found_by_status_and_by_the_beginning_of_their_id_or_their_customer() {
        assertThat(ids(list.read("paid", null, null, 10))).containsExactly("ord_3", "ord_1");
        assertThat(ids(list.read(null, "ord_2", null, 10))).containsExactly("ord_2");
        assertThat(ids(list.read(null, "ord_", null, 10))).hasSize(4);
        assertThat(ids(list.read(null, "ANN@", null, 10))).containsExactly("ord_1");
        assertThat(ids(list.read(null, "bo", null, 10))).containsExactly("ord_2");
        assertThat(ids(list.read("paid", "bo", null, 10))).isEmpty();
        assertThat(ids(list.read(null, "_", null, 10))).isEmpty();
    }

    @Test
    void pages_neither_repeat_nor_leave_out_orders_while_others_are_added() {
        var seen = new ArrayList<String>();

        var page = list.read(null, null, null, 1);
        seen.addAll(ids(page));
        for (int added = 0; page.next() != null; added++) {
            order("ord_new" + added, "cus_1", "paid", 60);
            page = list.read(null, null, Cursor.read(page.next()), 1);
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
