package io.growalert.billing.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.runtime.database.Cursor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class CustomerListTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final TestDatabase database = TestDatabase.migrated();
    private final JdbcClient jdbc = database.jdbc();
    private final CustomerList list = new CustomerList(jdbc);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void the_latest_customers_are_first_and_those_without_a_time_last() {
        customer("cus_a", null, null, NOON);
        customer("cus_b", null, null, null);
        customer("cus_c", null, null, NOON.plusSeconds(1));
        customer("cus_d", null, null, NOON);

        assertThat(ids(list.read(null, null, null, 10))).containsExactly("cus_c", "cus_d", "cus_a", "cus_b");
    }

    @Test
    void the_beginning_of_an_id_an_address_or_a_name_finds_a_customer() {
        customer("cus_1", "Ann@example.com", "Grower & Sons", NOON);
        customer("cus_2", "bob@example.com", "annual plan", NOON.plusSeconds(1));
        customer("cus_3", "carl%@example.com", "Über", NOON.plusSeconds(2));

        assertThat(ids(list.read("ANN", null, null, 10))).containsExactly("cus_2", "cus_1");
        assertThat(ids(list.read("grower & s", null, null, 10))).containsExactly("cus_1");
        assertThat(ids(list.read("cus_3", null, null, 10))).containsExactly("cus_3");
        assertThat(ids(list.read("CUS_3", null, null, 10))).isEmpty();
        assertThat(ids(list.read("carl%", null, null, 10))).containsExactly("cus_3");
        assertThat(ids(list.read("%", null, null, 10))).isEmpty();
        assertThat(ids(list.read("b_b", null, null, 10))).isEmpty();
        assertThat(ids(list.read("example.com", null, null, 10))).isEmpty();
    }

    @Test
    void pages_neither_repeat_nor_leave_out_customers_while_others_are_added() {
        for (int number = 0; number < 7; number++) {
            customer("cus_" + number, null, null, number < 4 ? NOON : number == 4 ? null : NOON.plusSeconds(number));
        }
        var seen = new ArrayList<String>();

        var page = list.read(null, null, null, 2);
        seen.addAll(ids(page));
        for (int added = 0; page.next() != null; added++) {
            customer("cus_new" + added, null, null, NOON.plusSeconds(60));
            page = list.read(null, null, Cursor.read(page.next()), 2);
            seen.addAll(ids(page));
        }

        assertThat(seen).containsExactly("cus_6", "cus_5", "cus_3", "cus_2", "cus_1", "cus_0", "cus_4");
    }

    @Test
    void a_customer_has_the_subscription_that_continues_and_the_number_of_orders() {
        customer("cus_1", null, null, NOON);
        subscription("sub_old", "canceled", NOON, false);
        subscription("sub_new", "canceled", NOON.plusSeconds(20), false);
        subscription("sub_current", "active", NOON.plusSeconds(10), true);
        jdbc.sql("""
                insert into billing.device_orders (id, customer, payment, status, quantity, currency, unit_amount, amount, created_at)
                select 'ord_' || n, 'cus_1', 'pi', 'paid', 1, 'eur', 4900, 4900, now() from generate_series(1, 3) as n
                """).update();

        var customer = list.read(null, null, null, 10).customers().getFirst();

        assertThat(customer.orders()).isEqualTo(3);
        assertThat(customer.subscription())
                .isEqualTo(new CustomerList.CurrentSubscription("active", "price_1", NOON.plusSeconds(3_600)));
    }

    @Test
    void customers_are_found_by_the_state_of_the_subscription_that_is_shown() {
        customer("cus_1", null, null, NOON);
        customer("cus_2", null, null, NOON);
        customer("cus_3", null, null, NOON);
        subscription("sub_old", "canceled", NOON, false);
        subscription("sub_current", "past_due", NOON.plusSeconds(10), false);
        jdbc.sql("update billing.customers set deleted = true where id = 'cus_3'")
                .update();

        assertThat(ids(list.read(null, "past_due", null, 10))).containsExactly("cus_1");
        assertThat(ids(list.read(null, "canceled", null, 10))).isEmpty();
        assertThat(ids(list.read(null, "none", null, 10))).containsExactly("cus_2");
        assertThat(ids(list.read(null, "deleted", null, 10))).containsExactly("cus_3");
        assertThat(ids(list.read("cus_2", "past_due", null, 10))).isEmpty();
    }

    @Test
    void an_erased_customer_is_listed_without_personal_data() {
        customer("cus_1", null, null, NOON);
        jdbc.sql("update billing.customers set deleted = true").update();

        assertThat(list.read("cus_1", null, null, 10).customers())
                .containsExactly(new CustomerList.Entry("cus_1", null, null, true, NOON, null, 0));
    }

    @Test
    void personal_data_is_in_no_text_form() {
        customer("cus_1", "ann@example.com", "Ann", NOON);

        assertThat(list.read(null, null, null, 10).toString()).contains("cus_1").doesNotContain("ann@", "Ann");
    }

    @Test
    void a_search_does_not_scan_the_table() {
        jdbc.sql("""
                insert into billing.customers (id, email, name, balance, delinquent, deleted, created_at)
                select 'cus_' || n, n || '@example.com', 'Grower ' || n, 0, false, false, now() - n * interval '1 minute'
                from generate_series(1, 20000) as n
                """).update();
        jdbc.sql("analyze billing.customers").update();

        var plan = jdbc.sql("explain select c.id from billing.customers c where " + CustomerSearch.CONDITION)
                .param("search", "777")
                .query(String.class)
                .list();

        assertThat(plan).noneMatch(line -> line.contains("Seq Scan"));
        assertThat(ids(list.read("777", null, null, 20))).hasSize(11);
    }

    private static List<String> ids(CustomerList.Page page) {
        return page.customers().stream().map(CustomerList.Entry::id).toList();
    }

    private void customer(String id, @Nullable String email, @Nullable String name, @Nullable Instant createdAt) {
        jdbc.sql("""
                insert into billing.customers (id, email, name, balance, delinquent, deleted, created_at)
                values (:id, :email, :name, 0, false, false, :at::timestamptz)
                """)
                .param("id", id)
                .param("email", email)
                .param("name", name)
                .param("at", createdAt == null ? null : createdAt.toString())
                .update();
    }

    private void subscription(String id, String status, Instant createdAt, boolean ends) {
        jdbc.sql("""
                insert into billing.subscriptions (id, customer, status, currency, cancel_at_period_end, created_at)
                values (:id, 'cus_1', :status, 'eur', :ends, :at::timestamptz)
                """)
                .param("id", id)
                .param("status", status)
                .param("ends", ends)
                .param("at", createdAt.toString())
                .update();
        jdbc.sql("""
                insert into billing.subscription_items (id, subscription, price, period_end)
                values (:id || '_item', :id, 'price_1', '2026-11-24T13:00:00Z')
                """).param("id", id).update();
    }
}
