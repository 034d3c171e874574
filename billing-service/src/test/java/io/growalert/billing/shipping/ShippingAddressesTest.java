package io.growalert.billing.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessException;

class ShippingAddressesTest {
    private static final ShippingAddress ADDRESS =
            new ShippingAddress("Ann", "Street 1", null, "Bonn", "53111", null, "DE", null);

    @Test
    void a_request_does_not_wait_long_while_another_transaction_has_locked_the_customer() {
        try (var database = TestDatabase.migrated()) {
            var addresses = new ShippingAddresses(database.jdbc(), database.transaction());
            database.transaction().executeWithoutResult(_ -> {
                database.jdbc()
                        .sql("select pg_advisory_xact_lock(hashtextextended('cus_1', 0))")
                        .query(row -> {});

                assertThat(CompletableFuture.runAsync(() -> addresses.store("ord_1", "cus_1", ADDRESS)))
                        .failsWithin(Duration.ofSeconds(60))
                        .withThrowableOfType(ExecutionException.class)
                        .withCauseInstanceOf(TransientDataAccessException.class);
            });
            addresses.store("ord_1", "cus_1", ADDRESS);

            assertThat(addresses.known(List.of("ord_1"))).containsExactly("ord_1");
        }
    }
}
