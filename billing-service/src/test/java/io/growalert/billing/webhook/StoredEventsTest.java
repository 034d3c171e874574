package io.growalert.billing.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.runtime.loop.Waiter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class StoredEventsTest {
    private final TestDatabase database = TestDatabase.migrated();
    private final Inbox inbox = new Inbox(database.jdbc(), new Waiter(), new SimpleMeterRegistry());
    private final StoredEvents events = new StoredEvents(database.jdbc());

    @AfterEach
    void close() {
        inbox.close();
        database.close();
    }

    @Test
    void a_claim_reads_no_event_that_is_due_later() {
        execute("alter table billing.stripe_events alter due_at set default clock_timestamp() + interval '1 day'");
        database.transaction().executeWithoutResult(_ -> {
            store(5_000, "cus_1");
            execute("analyze billing.stripe_events");
            countNow();
        });
        long before = rowsRead();

        database.transaction().executeWithoutResult(_ -> {
            execute("set local enable_seqscan = off");
            assertThat(events.claim(200)).isEmpty();
            assertThat(events.anyUnclaimed()).isFalse();
            countNow();
        });

        assertThat(rowsRead() - before).isLessThan(1_000);
    }

    @Test
    void a_claim_passes_over_the_events_of_customers_whom_another_transaction_has_locked() {
        store(20, "cus_locked");
        store(3, "cus_free");

        database.transaction().executeWithoutResult(_ -> {
            execute("select pg_advisory_xact_lock(hashtextextended('cus_locked', 0))");
            assertThat(claimElsewhere(10)).containsOnly("cus_free").hasSize(3);
        });
        assertThat(claimElsewhere(20)).containsOnly("cus_locked").hasSize(20);
    }

    @Test
    void the_event_of_a_claim_is_not_claimed_again_before_its_end() {
        store(2, "cus_1");

        database.transaction().executeWithoutResult(_ -> {
            assertThat(events.claim(10)).hasSize(2);
            assertThat(CompletableFuture.supplyAsync(this::anyUnclaimed).join()).isFalse();
            assertThat(claimElsewhere(10)).isEmpty();
        });

        assertThat(anyUnclaimed()).isTrue();
    }

    private boolean anyUnclaimed() {
        return database.transaction().execute(_ -> events.anyUnclaimed());
    }

    /** The customers of the events that another transaction claims, which is rolled back. */
    private List<String> claimElsewhere(int limit) {
        return CompletableFuture.supplyAsync(() -> database.transaction().execute(transaction -> {
                    transaction.setRollbackOnly();
                    var ids = events.claim(limit).stream().map(StoredEvent::id).toArray(String[]::new);
                    return database.jdbc()
                            .sql("select customer from billing.stripe_events where id = any(:ids)")
                            .param("ids", ids)
                            .query(String.class)
                            .list();
                }))
                .join();
    }

    private void store(int count, String customer) {
        inbox.insert(IntStream.range(0, count)
                .mapToObj(i -> new StripeEvent(
                        "evt_%s_%d".formatted(customer, i), "invoice.paid", 1_790_000_000, "in_1", customer, "{}"))
                .toList());
    }

    private void execute(String sql) {
        new JdbcTemplate(database.dataSource()).execute(sql);
    }

    /** By scans of the table and of its index of due events. */
    private long rowsRead() {
        return database.jdbc().sql("""
                        select (select idx_tup_read from pg_stat_user_indexes where indexrelname = 'stripe_events_due')
                               + (select seq_tup_read from pg_stat_user_tables where relname = 'stripe_events')
                        """).query(Long.class).single();
    }

    /** What this connection read is counted with the end of its transaction, not later. */
    private void countNow() {
        execute("select pg_stat_force_next_flush()");
    }
}
