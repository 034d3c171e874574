package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.mail.Mails;
import io.growalert.billing.outbox.BillingOutbox;
import io.growalert.billing.records.ObjectTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

class LockedCustomersTest {
    /** Long ago, so that no test waits for a second to end. */
    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    @Test
    void a_batch_lost_before_its_commit_is_applied_again() {
        new Story(stripe, 1, yesterday).subscribes();
        bench.store(stripe.events());
        var crashing = new EventApplier(
                bench.jdbc,
                new TransactionOperations() {
                    @Override
                    public <T> T execute(TransactionCallback<T> action) {
                        return bench.database.transaction().execute(status -> {
                            action.doInTransaction(status);
                            throw new IllegalStateException("the process is killed");
                        });
                    }
                },
                new BillingOutbox(bench.jdbc),
                new Mails(bench.jdbc),
                Clock.systemUTC(),
                new ApplySettings(2, 200, Duration.ofSeconds(1), 10, Duration.ofDays(90)));

        assertThatThrownBy(() -> crashing.apply(200)).hasMessageContaining("killed");
        assertThat(bench.published()).isEmpty();
        bench.settle();

        assertThat(bench.waiting()).isZero();
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void an_event_of_a_locked_customer_waits() {
        bench.store(
                stripe.emit("invoice.updated", yesterday, invoice("open", 5)),
                stripe.emit("charge.succeeded", yesterday, charge("cus_2")));

        bench.database.transaction().executeWithoutResult(_ -> {
            new ObjectTable(bench.jdbc).lock("cus_1");
            var elsewhere = CompletableFuture.supplyAsync(() -> bench.applier.apply(10));
            assertThat(elsewhere.join().results()).hasSize(1);
        });

        assertThat(bench.waiting()).isOne();
        assertThat(bench.text("select customer from billing.charges")).isEqualTo("cus_2");
        bench.settle();
        assertThat(bench.waiting()).isZero();
    }

    @Test
    void events_of_locked_customers_are_not_claimed_and_retried_soon() {
        bench.store(stripe.emit("invoice.updated", yesterday, invoice("open", 5)));
        bench.jdbc.sql("update billing.stripe_events set customer = 'cus_1'").update();

        bench.database.transaction().executeWithoutResult(_ -> {
            new ObjectTable(bench.jdbc).lock("cus_1");
            var round = CompletableFuture.supplyAsync(() -> bench.applier.apply(10));
            assertThat(round.join()).isEqualTo(EventApplier.Round.BLOCKED);
            var wait = CompletableFuture.supplyAsync(bench.task::round);
            assertThat(wait.join()).isLessThan(Duration.ofMillis(100));
        });

        assertThat(bench.applier.apply(10).claimed()).isOne();
    }

    private static String invoice(String status, long due) {
        return """
                {'id': 'in_1', 'object': 'invoice', 'customer': 'cus_1', 'status': '%s', 'currency': 'usd', 'amount_due': %d,
                 'number': null, 'created': 1700000000,
                 'parent': {'subscription_details': {'metadata': {'growalert_request': 'r'}}}}
                """.formatted(status, due);
    }

    private static String charge(@Nullable String customer) {
        return """
                {'id': 'ch_1', 'object': 'charge', 'customer': %s, 'status': 'succeeded', 'currency': 'usd', 'amount': 700,
                 'created': 1700000000, 'metadata': {'growalert_request': 'r'}}
                """.formatted(customer == null ? "null" : "'" + customer + "'");
    }
}
