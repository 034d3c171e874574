package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.webhook.ParkedEvents;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EarlyAndUnreadableEventsTest {
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
    void a_refund_before_its_charge_waits_for_it() {
        var charge = stripe.emit("charge.succeeded", yesterday, charge("cus_1"));
        var refund = stripe.emit("refund.created", yesterday + 1, REFUND);
        bench.store(refund);
        bench.settle();
        assertThat(bench.state(refund)).isEqualTo("received");

        bench.store(charge);
        bench.settle();
        bench.passTime();
        bench.settle();

        assertThat(bench.text("select customer from billing.refunds")).isEqualTo("cus_1");
        assertThat(stripe.requests).isEmpty();
    }

    @Test
    void a_refund_whose_charge_does_not_arrive_fetches_it() {
        stripe.emit("charge.succeeded", yesterday, charge("cus_1"));
        bench.store(stripe.emit("refund.created", yesterday + 1, REFUND));

        for (int wait = 0; wait < 6; wait++) {
            bench.settle();
            assertThat(stripe.requests).as("after %d waits", wait).isEmpty();
            bench.passTime();
        }
        bench.settle();

        assertThat(stripe.requests).containsExactly("GET /v1/charges/ch_1");
        assertThat(bench.text("select customer from billing.refunds")).isEqualTo("cus_1");
        assertThat(bench.text("select status from billing.charges")).isEqualTo("succeeded");
    }

    @Test
    void a_refund_of_an_unknown_charge_is_parked_with_that_reason() {
        var refund = stripe.emit("refund.created", yesterday + 1, REFUND);
        bench.store(refund);

        await().until(() -> {
            bench.passTime();
            bench.settle();
            return bench.state(refund).equals("parked");
        });

        assertThat(bench.error(refund)).isEqualTo("ch_1 is not known to Stripe");
        assertThat(stripe.requests).hasSizeBetween(1, 5).containsOnly("GET /v1/charges/ch_1");
    }

    @Test
    void an_unreadable_event_is_parked_while_others_continue_and_applied_after_its_replay() {
        var good = stripe.emit("invoice.updated", yesterday, invoice("open", 5));
        var bad = stripe.emit("charge.succeeded", yesterday, charge("cus_1").replace(": 700,", ": 'a lot',"));
        bench.store(bad, good);

        for (int attempt = 0; attempt < bench.attempts; attempt++) {
            assertThat(bench.state(bad)).isEqualTo("received");
            bench.settle();
            bench.passTime();
        }
        assertThat(bench.state(bad)).isEqualTo("parked");
        assertThat(bench.error(bad)).isEqualTo("charge.amount: expected a whole number of 64 bits");
        assertThat(bench.state(good)).isEqualTo("applied");

        bench.jdbc
                .sql("update billing.stripe_events set payload = replace(payload, '\"a lot\"', '700')")
                .update();
        assertThat(new ParkedEvents(bench.jdbc, bench.storedEvents).replay(List.of(bad.id(), good.id())))
                .isOne();
        bench.settle();

        assertThat(bench.state(bad)).isEqualTo("applied");
        assertThat(bench.text("select amount::text from billing.charges")).isEqualTo("700");
    }

    @Test
    void an_event_that_the_database_rejects_does_not_stop_the_batch() {
        // a character that is valid in JSON and not in PostgreSQL
        var refused = stripe.emit(
                "invoice.updated", yesterday, invoice("open", 5).replace("'number': null", "'number': 'A\\u0000'"));
        var before = stripe.emit("charge.succeeded", yesterday - 1, charge("cus_1"));
        var after = stripe.emit("refund.created", yesterday + 1, REFUND);
        bench.store(before, refused, after);

        bench.settle();

        assertThat(bench.state(before)).isEqualTo("applied");
        assertThat(bench.state(after)).isEqualTo("applied");
        assertThat(bench.state(refused)).isEqualTo("received");
        assertThat(bench.error(refused)).isEqualTo("the database rejects it, SQLSTATE 22P05");
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void a_refund_of_a_charge_without_a_customer_reads_its_payment_too() {
        var refund = REFUND.replace("'charge'", "'payment_intent': 'pi_1', 'charge'");
        bench.store(
                stripe.emit("charge.succeeded", yesterday, charge(null)),
                stripe.emit("refund.created", yesterday + 1, refund));

        bench.settle();

        assertThat(bench.observe(Kind.REFUND, refund.replace('\'', '"'), Instant.now()))
                .isEqualTo(new RecordingResult.Orphaned(Kind.PAYMENT, "pi_1"));
        assertThat(bench.count("select count(*) from billing.refunds")).isZero();
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

    private static final String REFUND = """
            {'id': 're_1', 'object': 'refund', 'charge': 'ch_1', 'status': 'succeeded', 'currency': 'usd', 'amount': 700,
             'created': 1700000001}
            """;
}
