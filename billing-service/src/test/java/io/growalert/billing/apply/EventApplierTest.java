package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.apply.FakeStripe.SentEvent;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.outbox.BillingOutbox;
import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.records.ObjectTable;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.webhook.ParkedEvents;
import io.growalert.events.BillingEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

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
    void a_deleted_customer_stays_erased_after_any_later_event() {
        var created = stripe.emit("customer.created", yesterday, customer("jo@example.com"));
        var invoice = stripe.emit("invoice.paid", yesterday + 1, invoice("paid", 5));
        var updated = stripe.emit("customer.updated", yesterday + 2, customer("joanna@example.com"));
        var deleted = stripe.emit("customer.deleted", yesterday + 3, customer("joanna@example.com"));
        bench.store(created, invoice);
        bench.settle();
        assertThat(bench.text("select email from billing.customers")).isEqualTo("jo@example.com");

        bench.store(deleted);
        bench.settle();
        bench.store(updated);
        bench.settle();

        assertThat(bench.text("select concat(email, name, deleted) from billing.customers"))
                .isEqualTo("t");
        assertThat(bench.count("select count(*) from billing.stripe_events where payload is not null"))
                .isZero();
        assertThat(bench.text("select status from billing.invoices")).isEqualTo("paid");
        assertThat(bench.text("select string_agg(body, '') from billing.outbox"))
                .doesNotContain("example.com");
        assertThat(bench.waiting()).isZero();
    }

    @Test
    void a_parked_erased_event_fetches_its_object_after_its_replay() {
        var bad = stripe.emit("charge.succeeded", yesterday, charge("cus_1").replace(": 700,", ": 'a lot',"));
        bench.store(stripe.emit("customer.created", yesterday, customer("jo@example.com")), bad);
        bench.settle();
        bench.jdbc
                .sql("update billing.stripe_events set state = 'parked' where id = :id")
                .param("id", bad.id())
                .update();
        stripe.emit("charge.succeeded", yesterday, charge("cus_1"));

        assertThat(bench.recorder.erase("cus_1", Instant.now())).isEqualTo(2);
        new ParkedEvents(bench.jdbc, bench.storedEvents).replay();
        bench.settle();

        assertThat(bench.state(bad)).isEqualTo("applied");
        assertThat(bench.text("select amount::text from billing.charges")).isEqualTo("700");
        assertThat(bench.text("select concat(email, name, deleted) from billing.customers"))
                .isEqualTo("t");
    }

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
    void a_customer_who_was_deleted_meanwhile_is_not_restored() {
        var json = StripeFields.parse(customer("jo@example.com").replace('\'', '"'));
        var now = Instant.ofEpochSecond(yesterday);
        bench.observe(Kind.CUSTOMER, json.toString(), now);
        bench.recorder.erase("cus_1", now.plusSeconds(1));

        bench.recorder.restore(Kind.CUSTOMER, json, now.plusSeconds(2), Set.of("cus_1"));

        assertThat(bench.text("select concat(email, name, deleted) from billing.customers"))
                .isEqualTo("t");
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

    @Test
    void an_event_parked_after_its_customer_was_erased_is_erased_too() {
        bench.recorder.erase("cus_1", Instant.now());
        var bad = stripe.emit("charge.succeeded", yesterday, charge("cus_1").replace(": 700,", ": 'a lot',"));
        bench.store(bad);

        for (int attempt = 0; attempt < bench.attempts; attempt++) {
            bench.settle();
            bench.passTime();
        }

        assertThat(bench.state(bad)).isEqualTo("parked");
        assertThat(bench.count("select count(*) from billing.stripe_events where payload is not null"))
                .isZero();
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
