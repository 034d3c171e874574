package io.growalert.billing.customer.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessException;

class EmailChangeTableTest {
    @Test
    void a_request_does_not_wait_long_while_another_transaction_has_locked_the_customer() {
        try (var database = TestDatabase.migrated()) {
            var changes = new EmailChangeTable(database.jdbc());
            database.transaction().executeWithoutResult(_ -> {
                database.jdbc()
                        .sql("select pg_advisory_xact_lock(hashtextextended('cus_1', 0))")
                        .query(row -> {});

                assertThat(CompletableFuture.runAsync(() -> database.transaction()
                                .executeWithoutResult(_ -> changes.add("cus_1", "ann@example.org"))))
                        .failsWithin(Duration.ofSeconds(60))
                        .withThrowableOfType(ExecutionException.class)
                        .withCauseInstanceOf(TransientDataAccessException.class);
            });
            var added = database.transaction().execute(_ -> changes.add("cus_1", "ann@example.org"));

            assertThat(added).isPresent();
        }
    }
}
