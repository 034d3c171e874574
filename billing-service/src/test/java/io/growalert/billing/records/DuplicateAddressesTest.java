package io.growalert.billing.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.records.DuplicateAddresses.Holder;
import io.growalert.billing.records.DuplicateAddresses.SharedAddress;
import io.growalert.runtime.database.Cursor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class DuplicateAddressesTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final TestDatabase database = TestDatabase.migrated();
    private final JdbcClient jdbc = database.jdbc();
    private final DuplicateAddresses duplicates = new DuplicateAddresses(jdbc);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void customers_that_share_an_address_are_listed_the_oldest_first() {
        customer("cus_2", "Ann@example.com", 5);
        customer("cus_1", "ann@Example.com", 1);
        customer("cus_3", "bob@example.com", 2);
        customer("cus_4", null, 3);
        customer("cus_5", null, 4);
        jdbc.sql("update billing.customers set deleted = true where id = 'cus_5'")
                .update();
        jdbc.sql(
                        "insert into billing.registrations (customer, address, verified_at) values ('cus_2', 'ann@example.com', now())")
                .update();
        jdbc.sql("""
                insert into billing.subscriptions (id, customer, status, currency, cancel_at_period_end, created_at)
                values ('sub_1', 'cus_2', 'active', 'eur', false, now())
                """).update();

        var page = duplicates.read(null, 10);

        assertThat(page.next()).isNull();
        assertThat(page.addresses())
                .containsExactly(new SharedAddress(
                        "ann@example.com",
                        List.of(
                                new Holder("cus_1", NOON.plusSeconds(1), false, null, 0),
                                new Holder("cus_2", NOON.plusSeconds(5), true, "active", 0))));
        assertThat(page.addresses().toString()).doesNotContain("ann@");
    }

    @Test
    void pages_have_all_addresses_once_and_their_cursor_has_none() {
        for (int number = 0; number < 10; number++) {
            customer("cus_" + number, "grower-%d@example.com".formatted(number / 2), number);
        }
        var seen = new ArrayList<String>();

        var page = duplicates.read(null, 2);
        page.addresses().forEach(address -> seen.add(address.email()));
        while (page.next() != null) {
            var cursor = Objects.requireNonNull(page.next());
            assertThat(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8))
                    .doesNotContain("grower");
            page = duplicates.read(Cursor.read(cursor), 2);
            page.addresses().forEach(address -> seen.add(address.email()));
        }

        assertThat(seen).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void the_cursor_of_another_list_is_rejected() {
        assertThatThrownBy(() -> duplicates.read(Cursor.of("a", "b"), 1)).isInstanceOf(Cursor.InvalidCursor.class);
    }

    private void customer(String id, @Nullable String email, int second) {
        jdbc.sql("""
                insert into billing.customers (id, email, balance, delinquent, deleted, created_at)
                values (:id, :email, 0, false, false, :at::timestamptz)
                """)
                .param("id", id)
                .param("email", email)
                .param("at", NOON.plusSeconds(second).toString())
                .update();
    }
}
