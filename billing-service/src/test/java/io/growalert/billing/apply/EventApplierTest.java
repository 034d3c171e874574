package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.apply.FakeStripe.SentEvent;
import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.events.BillingEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventApplierTest {
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
    void a_history_in_order_becomes_records_and_events() {
        new Story(stripe, 1, yesterday).emitAll(false);

        bench.store(stripe.events());
        bench.settle();

        assertThat(bench.waiting()).isZero();
        assertThat(bench.text("select name || ' ' || balance from billing.customers"))
                .isEqualTo("Joanna 7");
        assertThat(bench.text("select status from billing.subscriptions")).isEqualTo("canceled");
        assertThat(bench.text("select string_agg(id || ' ' || quantity, ',') from billing.subscription_items"))
                .isEqualTo("si_1_more 3");
        assertThat(bench.text("select status || ' ' || subscription from billing.invoices"))
                .isEqualTo("paid sub_1");
        assertThat(bench.text("select customer || ' ' || payment from billing.invoice_payments"))
                .isEqualTo("cus_1 pi_1");
        assertThat(bench.text("select status || ' ' || quantity || ' ' || amount from billing.device_orders"))
                .isEqualTo("paid 2 2000");
        assertThat(bench.text("select customer || ' ' || status from billing.refunds where id = 're_1'"))
                .isEqualTo("cus_1 succeeded");
        assertThat(bench.text("select status from billing.disputes")).isEqualTo("won");
        assertThat(bench.text("select amount_refunded || ' ' || disputed from billing.charges where id = 'ch_1_order'"))
                .isEqualTo("500 true");
        assertThat(bench.published())
                .extracting(BillingEvent::type)
                .startsWith("customer.created")
                .contains("subscription.ended", "device_order.ended", "refund.ended", "invoice.ended", "dispute.ended");
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void any_order_copies_and_two_instances_at_once_end_in_the_orderly_rows() throws Exception {
        for (int n = 0; n < 24; n++) {
            new Story(stripe, n, yesterday + n % 5).emitAll(n % 4 == 0);
        }
        bench.store(stripe.events());
        bench.settle();
        assertThat(bench.waiting()).isZero();
        bench.assertThatTheOutboxMatchesTheRecords();

        for (long seed = 1; seed <= 3; seed++) {
            try (var other = new Bench(stripe)) {
                var arrivals = new ArrayList<SentEvent>();
                for (int copy = 0; copy < 5; copy++) {
                    arrivals.addAll(stripe.events());
                }
                Collections.shuffle(arrivals, new Random(seed));

                try (var _ = other.instance(2);
                        var _ = other.instance(2)) {
                    other.store(arrivals);
                    other.awaitAllDone();
                }

                assertThat(other.records()).as("seed %d", seed).isEqualTo(bench.records());
                other.assertThatTheOutboxMatchesTheRecords();
                assertThat(other.count("select count(*) from billing.fetches")).isZero();
                assertThat(other.count(ERASED_BUT_KEPT)).isZero();
                assertThat(other.count(STORED)).isEqualTo(stripe.events().size());
            }
        }
    }

    private static final String STORED = "select count(*) from billing.stripe_events where state = 'applied'";

    private static final String ERASED_BUT_KEPT = """
            select count(*) from billing.stripe_events e join billing.customers c on c.id = e.customer and c.deleted
            where e.payload is not null
            """;

    @Test
    void records_of_an_unknown_customer_and_of_none_are_stored() {
        bench.store(
                stripe.emit("invoice.paid", yesterday, invoice("paid", 5)),
                stripe.emit("charge.succeeded", yesterday, charge(null)),
                stripe.emit("refund.created", yesterday + 1, REFUND));

        bench.settle();

        assertThat(bench.text("select customer from billing.invoices")).isEqualTo("cus_1");
        assertThat(bench.count("select count(*) from billing.refunds where customer is null"))
                .isOne();
        assertThat(bench.jdbc
                        .sql("select key from billing.outbox order by key")
                        .query(String.class)
                        .list())
                .containsExactly("ch_1", "cus_1", "re_1");
    }

    @Test
    void a_changed_email_alone_is_published_without_it() {
        bench.store(
                stripe.emit("customer.created", yesterday, customer("jo@example.com")),
                stripe.emit("customer.updated", yesterday + 1, customer("joanna@example.com")));

        bench.settle();

        assertThat(bench.text("select email from billing.customers")).isEqualTo("joanna@example.com");
        assertThat(bench.published())
                .extracting(BillingEvent::type)
                .containsExactly("customer.created", "customer.changed");
    }

    @Test
    void a_fetch_is_retried_while_stripe_is_unavailable() {
        bench.store(
                stripe.emit("invoice.updated", yesterday, invoice("open", 5)),
                stripe.emit("invoice.updated", yesterday, invoice("open", 6)));
        stripe.failures.set(2);
        bench.task.round();

        await().until(() -> {
            bench.fetcher.startDue();
            bench.jdbc
                    .sql("update billing.fetches set due_at = clock_timestamp() where error is not null")
                    .update();
            return stripe.requests.size() >= 3;
        });
        bench.settle();

        assertThat(bench.text("select amount_due::text from billing.invoices")).isEqualTo("6");
        assertThat(bench.waiting()).isZero();
    }

    @Test
    void recording_an_object_returns_the_changes() {
        bench.store(stripe.emit("invoice.updated", yesterday, invoice("open", 5)));
        bench.settle();
        var paid = invoice("paid", 5).replace('\'', '"');

        var later = bench.observe(Kind.INVOICE, paid, Instant.ofEpochSecond(yesterday + 10));
        var again = bench.observe(Kind.INVOICE, paid, Instant.ofEpochSecond(yesterday + 11));
        var earlier = bench.observe(
                Kind.INVOICE, invoice("draft", 5).replace('\'', '"'), Instant.ofEpochSecond(yesterday + 1));
        var orphan = bench.observe(Kind.REFUND, REFUND.replace('\'', '"'), Instant.now());

        assertThat(later)
                .isInstanceOfSatisfying(RecordingResult.Recorded.class, recorded -> assertThat(recorded.changes())
                        .extracting(BillingEvent::type, BillingEvent::version)
                        .containsExactly(tuple("invoice.ended", 2L)));
        assertThat(again).isEqualTo(new RecordingResult.Recorded(List.of()));
        assertThat(earlier).isEqualTo(new RecordingResult.Recorded(List.of()));
        assertThat(orphan).isEqualTo(new RecordingResult.Orphaned(Kind.CHARGE, "ch_1"));
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void an_altered_row_is_restored_without_going_back_in_time() {
        var json = StripeFields.parse(invoice("open", 5).replace('\'', '"'));
        var later = Instant.ofEpochSecond(yesterday + 10);
        bench.observe(Kind.INVOICE, json.toString(), later);
        bench.jdbc.sql("update billing.invoices set amount_due = 1").update();

        bench.recorder.restore(Kind.INVOICE, json, Instant.ofEpochSecond(yesterday), Set.of("in_1"));

        assertThat(bench.text("select amount_due::text from billing.invoices")).isEqualTo("5");
        assertThat(bench.published()).extracting(BillingEvent::asOf).containsExactly(later, later);
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void a_batch_is_bounded_by_the_bytes_of_its_events() {
        bench.store(
                stripe.emit("invoice.updated", yesterday, invoice("open", 5)),
                stripe.emit("invoice.updated", yesterday + 1, invoice("open", 6)),
                stripe.emit("invoice.updated", yesterday + 2, invoice("open", 7)));
        bench.jdbc
                .sql("update billing.stripe_events set payload = payload || repeat(' ', 9 << 20)")
                .update();

        assertThat(bench.applier.apply(200).claimed()).isEqualTo(2);
        assertThat(bench.applier.apply(200).claimed()).isOne();
    }

    private static String customer(String email) {
        return "{'id': 'cus_1', 'object': 'customer', 'email': '%s', 'name': 'Jo', 'created': 5, 'metadata': {'growalert_request': 'r'}}"
                .formatted(email);
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
