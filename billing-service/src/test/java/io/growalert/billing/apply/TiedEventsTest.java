package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TiedEventsTest {
    /** Long ago, so that no test waits for a second to end. */
    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    private static final String STORED = "select count(*) from billing.stripe_events where state = 'applied'";

    @Test
    void a_tie_of_different_stages_needs_no_fetch() {
        var paid = stripe.emit("invoice.paid", yesterday, invoice("paid", 5));
        var open = stripe.emit("invoice.finalized", yesterday, invoice("open", 5));

        bench.store(paid);
        bench.settle();
        bench.store(open);
        bench.settle();

        assertThat(bench.text("select status from billing.invoices")).isEqualTo("paid");
        assertThat(stripe.requests).isEmpty();
    }

    @Test
    void a_tie_of_the_same_stage_is_decided_by_one_fetch() {
        var one = stripe.emit("invoice.updated", yesterday, invoice("open", 5));
        var other = stripe.emit("invoice.updated", yesterday, invoice("open", 6));
        stripe.emit("invoice.updated", yesterday, invoice("open", 5));

        bench.store(other, one);
        bench.settle();

        assertThat(bench.text("select amount_due::text from billing.invoices")).isEqualTo("5");
        assertThat(stripe.requests).containsExactly("GET /v1/invoices/in_1");
        assertThat(bench.waiting()).isZero();
    }

    @Test
    void a_burst_of_ties_is_one_fetch() {
        for (int second = 0; second < 20; second++) {
            for (int amount = 0; amount < 5; amount++) {
                bench.store(stripe.emit("invoice.updated", yesterday + second, invoice("open", amount)));
            }
        }

        bench.settle();

        assertThat(bench.text("select amount_due::text from billing.invoices")).isEqualTo("4");
        assertThat(stripe.requests).containsExactly("GET /v1/invoices/in_1");
        assertThat(bench.count(STORED)).isEqualTo(100);
    }

    @Test
    void a_tie_of_this_very_second_is_fetched_when_the_second_is_over() {
        long now = Instant.now().getEpochSecond();
        bench.store(
                stripe.emit("invoice.updated", now, invoice("open", 5)),
                stripe.emit("invoice.updated", now, invoice("open", 6)));

        bench.task.round();
        assertThat(bench.fetcher.startDue()).isZero();
        bench.settle();

        assertThat(bench.text("select amount_due::text from billing.invoices")).isEqualTo("6");
        assertThat(bench.waiting()).isZero();
    }

    @Test
    void a_tie_that_no_answer_decides_is_parked_after_the_attempts() {
        long tomorrow = Instant.now().getEpochSecond() + 86_400;
        var one = stripe.emit("invoice.updated", tomorrow, invoice("open", 5));
        var other = stripe.emit("invoice.updated", tomorrow, invoice("open", 6));
        bench.store(one, other);

        for (int attempt = 0; attempt < 2 * bench.attempts && bench.waiting() > 0; attempt++) {
            bench.task.round();
            bench.jdbc
                    .sql("update billing.fetches set due_at = clock_timestamp()")
                    .update();
            await().until(() -> {
                bench.fetcher.startDue();
                return bench.count("select count(*) from billing.fetches") == 0;
            });
            await().until(() -> bench.count(
                            "select count(*) from billing.stripe_events where state = 'received' and awaits is not null")
                    == 0);
            bench.passTime();
        }

        var parked = bench.text("select id from billing.stripe_events where state = 'parked'");
        assertThat(bench.error(parked.equals(one.id()) ? one : other))
                .isEqualTo("in_1: no fetched state is later than the event");
        assertThat(stripe.requests).hasSize(bench.attempts);
    }

    @Test
    void a_tie_that_is_due_while_stripe_is_unavailable_is_no_attempt() {
        bench.store(
                stripe.emit("invoice.updated", yesterday, invoice("open", 5)),
                stripe.emit("invoice.updated", yesterday, invoice("open", 6)));

        for (int look = 0; look < 2 * bench.attempts; look++) {
            bench.task.round();
            bench.jdbc
                    .sql("update billing.stripe_events set due_at = clock_timestamp() where state = 'received'")
                    .update();
        }

        assertThat(bench.count("select attempts from billing.stripe_events where state = 'received'"))
                .isOne();
    }

    private static String invoice(String status, long due) {
        return """
                {'id': 'in_1', 'object': 'invoice', 'customer': 'cus_1', 'status': '%s', 'currency': 'usd', 'amount_due': %d,
                 'number': null, 'created': 1700000000,
                 'parent': {'subscription_details': {'metadata': {'growalert_request': 'r'}}}}
                """.formatted(status, due);
    }
}
