package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.apply.FakeStripe.SentEvent;
import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.webhook.EventUpdate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Other software uses the same Stripe account: its objects are not ours. */
class OriginTest {
    private static final String OURS = ", 'metadata': {'growalert_request': 'r'}";
    private static final String NOT_OURS = "";

    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    @Test
    void a_foreign_customer_and_all_that_belongs_to_it_is_ignored_counted_and_erased() {
        bench.store(
                emit("customer.created", customer(NOT_OURS)),
                emit("customer.subscription.created", subscription(NOT_OURS)),
                emit("invoice.paid", invoice()),
                emit("charge.succeeded", charge("'cus_1'", NOT_OURS)),
                emit("refund.created", REFUND),
                emit("invoice_payment.paid", INVOICE_PAYMENT));
        bench.settle();

        assertNothingIsRecorded();
        assertThat(bench.meters
                        .counter("growalert.ledger.events", "outcome", "foreign")
                        .count())
                .isEqualTo(6);
        assertThat(stripe.requests).isEmpty();
    }

    @Test
    void objects_of_an_unknown_customer_are_decided_by_one_fetch() {
        stripe.emit("customer.created", yesterday, customer(NOT_OURS));
        bench.store(
                emit("invoice.paid", invoice()),
                emit("charge.succeeded", charge("'cus_1'", NOT_OURS)),
                emit("customer.subscription.created", subscription(NOT_OURS)));
        awaitDone();
        bench.store(emit("charge.refunded", charge("'cus_1'", NOT_OURS)));
        awaitDone();

        assertNothingIsRecorded();
        assertThat(stripe.requests).containsExactly("GET /v1/customers/cus_1");
    }

    @Test
    void objects_of_a_customer_of_ours_need_no_metadata() {
        stripe.emit("customer.created", yesterday, customer(OURS));
        bench.store(emit("charge.succeeded", charge("'cus_1'", NOT_OURS)), emit("refund.created", REFUND));
        awaitDone();

        assertThat(bench.text("select customer from billing.refunds")).isEqualTo("cus_1");
        assertThat(bench.count("select count(*) from billing.customers")).isOne();
    }

    @Test
    void a_customer_who_registered_or_is_recorded_is_ours_without_metadata() {
        bench.jdbc
                .sql("insert into billing.registrations (customer, address) values ('cus_1', 'jo@example.com')")
                .update();
        bench.store(
                emit("customer.created", customer(NOT_OURS)), emit("charge.succeeded", charge("'cus_1'", NOT_OURS)));
        bench.settle();
        bench.jdbc.sql("delete from billing.registrations").update();
        bench.store(emit("invoice.paid", invoice()), emit("customer.updated", customer(NOT_OURS)));
        bench.settle();

        assertThat(bench.count("select count(*) from billing.objects")).isEqualTo(3);
        assertThat(stripe.requests).isEmpty();
    }

    @Test
    void an_invoice_contains_the_metadata_of_its_subscription() {
        bench.store(emit(
                "invoice.paid",
                invoice()
                        .replace(
                                "'created'",
                                "'parent': {'subscription_details': " + "{" + OURS.substring(2) + "}}, 'created'")));
        bench.settle();

        assertThat(bench.text("select customer from billing.invoices")).isEqualTo("cus_1");
    }

    @Test
    void a_guests_charge_follows_its_payment() {
        bench.store(
                emit("payment_intent.succeeded", payment(NOT_OURS)),
                emit("charge.succeeded", charge("null, 'payment_intent': 'pi_1'", NOT_OURS)),
                emit("refund.created", REFUND));
        awaitDone();
        assertNothingIsRecorded();

        try (var other = new Bench(stripe)) {
            other.store(
                    emit("refund.created", REFUND),
                    emit("charge.succeeded", charge("null, 'payment_intent': 'pi_1'", NOT_OURS)),
                    emit("payment_intent.succeeded", payment(OURS)));
            awaitDone(other);
            assertThat(other.count("select count(*) from billing.objects")).isEqualTo(3);
        }
    }

    @Test
    void a_foreign_customer_who_becomes_ours_is_not_missed() {
        bench.store(
                emit("customer.created", customer(NOT_OURS)),
                emit("charge.succeeded", charge("'cus_1'", NOT_OURS)),
                emit("refund.created", REFUND));
        bench.settle();
        assertNothingIsRecorded();

        bench.store(stripe.emit("customer.updated", yesterday + 60, customer(OURS)));
        awaitDone();

        assertThat(bench.count("select count(*) from billing.customers")).isOne();
        assertThat(bench.count("select count(*) from billing.charges")).isOne();
        assertThat(bench.text("select customer from billing.refunds")).isEqualTo("cus_1");
        assertThat(bench.count("select count(*) from billing.foreign_objects")).isZero();
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void a_deleted_unrecorded_customer_is_foreign_after_all_attempts() {
        stripe.emit("customer.deleted", yesterday, customer(OURS));
        var charge = emit("charge.succeeded", charge("'cus_1'", NOT_OURS));
        bench.store(charge);
        await().until(() -> {
            bench.passTime();
            bench.settle();
            return bench.error(charge).equals(EventUpdate.CUSTOMER_DELETED);
        });
        assertThat(bench.state(charge)).isEqualTo("received");

        awaitDone();

        assertNothingIsRecorded();
    }

    @Test
    void a_customer_whose_deletion_arrives_late_is_ours() {
        var deleted = stripe.emit("customer.deleted", yesterday, customer(OURS));
        var charge = emit("charge.succeeded", charge("'cus_1'", NOT_OURS));
        bench.store(charge);
        await().until(() -> {
            bench.passTime();
            bench.settle();
            return bench.error(charge).equals(EventUpdate.CUSTOMER_DELETED);
        });

        bench.store(deleted);
        bench.settle();

        assertThat(bench.state(charge)).as("it is woken").isEqualTo("applied");
        assertThat(bench.count("select count(*) from billing.charges")).isOne();
    }

    @Test
    void any_order_ends_in_the_same_rows_beside_a_foreign_shop() throws Exception {
        for (int n = 0; n < 6; n++) {
            new Story(stripe, n, yesterday).emitAll(n % 3 == 0);
        }
        var ours = stripe.events();
        bench.store(ours);
        bench.settle();
        emit("customer.created", customer(NOT_OURS).replace("_1'", "_x'"));
        emit("customer.subscription.created", subscription(NOT_OURS).replace("_1'", "_x'"));
        emit("charge.succeeded", charge("'cus_1'", NOT_OURS).replace("_1'", "_x'"));
        emit("refund.created", REFUND.replace("_1'", "_x'"));

        for (long seed = 1; seed <= 2; seed++) {
            try (var other = new Bench(stripe)) {
                var arrivals = new ArrayList<SentEvent>(stripe.events());
                arrivals.addAll(stripe.events());
                Collections.shuffle(arrivals, new Random(seed));
                try (var _ = other.instance(2);
                        var _ = other.instance(2)) {
                    other.store(arrivals);
                    other.awaitAllDone();
                }
                assertThat(other.records()).as("seed %d", seed).isEqualTo(bench.records());
                other.assertThatTheOutboxMatchesTheRecords();
            }
        }
    }

    @Test
    void foreign_objects_are_found_by_the_comparison_and_never_recorded() {
        var comparison = new RecordComparison(bench.jdbc, bench.database.transaction());
        var customer = StripeFields.parse(customer(NOT_OURS).replace('\'', '"'));
        var charge = StripeFields.parse(charge("'cus_1'", NOT_OURS).replace('\'', '"'));

        assertThat(comparison.of(Kind.CHARGE, List.of(charge)))
                .containsExactly(new RecordComparison.Finding.Orphaned("ch_1"));
        assertThat(bench.observe(Kind.CHARGE, charge.toString(), Instant.now()))
                .isEqualTo(new RecordingResult.Orphaned(Kind.CUSTOMER, "cus_1"));
        assertThat(comparison.of(Kind.CUSTOMER, List.of(customer)))
                .containsExactly(new RecordComparison.Finding.Foreign("cus_1"));
        assertThat(comparison.of(Kind.CHARGE, List.of(charge)))
                .containsExactly(new RecordComparison.Finding.Foreign("ch_1"));
        assertThat(bench.observe(Kind.CUSTOMER, customer.toString(), Instant.now()))
                .isEqualTo(new RecordingResult.Foreign(false));
        assertNothingIsRecorded();
    }

    @Test
    void foreign_objects_are_forgotten_after_a_month() {
        bench.store(emit("customer.created", customer(NOT_OURS)));
        bench.settle();
        var inAMonth = Clock.systemUTC().instant().plus(Duration.ofDays(31));

        bench.retention(Clock.systemUTC(), 100).deleteStep();
        assertThat(bench.count("select count(*) from billing.foreign_objects")).isOne();
        bench.retention(InstantSource.fixed(inAMonth), 100).deleteStep();
        assertThat(bench.count("select count(*) from billing.foreign_objects")).isZero();
    }

    private void assertNothingIsRecorded() {
        assertThat(bench.count("select count(*) from billing.objects")).isZero();
        assertThat(bench.count("select count(*) from billing.customers")).isZero();
        assertThat(bench.published()).isEmpty();
        assertThat(bench.count(
                        "select count(*) from billing.stripe_events where state <> 'ignored' or payload is not null"))
                .isZero();
    }

    private void awaitDone() {
        awaitDone(bench);
    }

    private static void awaitDone(Bench bench) {
        await().until(() -> {
            bench.passTime();
            bench.settle();
            return bench.waiting() == 0;
        });
    }

    private SentEvent emit(String type, String object) {
        return stripe.emit(type, yesterday, object);
    }

    private static String customer(String metadata) {
        return "{'id': 'cus_1', 'object': 'customer', 'email': 'jo@example.com', 'created': 5%s}".formatted(metadata);
    }

    private static String subscription(String metadata) {
        return """
                {'id': 'sub_1', 'object': 'subscription', 'customer': 'cus_1', 'status': 'active', 'currency': 'usd',
                 'created': 1700000000%s}
                """.formatted(metadata);
    }

    private static String invoice() {
        return """
                {'id': 'in_1', 'object': 'invoice', 'customer': 'cus_1', 'status': 'paid', 'currency': 'usd', 'amount_due': 5,
                 'created': 1700000000}
                """;
    }

    private static String payment(String metadata) {
        return """
                {'id': 'pi_1', 'object': 'payment_intent', 'status': 'succeeded', 'currency': 'usd', 'amount': 700,
                 'created': 1700000000%s}
                """.formatted(metadata);
    }

    private static String charge(String customer, String metadata) {
        return """
                {'id': 'ch_1', 'object': 'charge', 'customer': %s, 'status': 'succeeded', 'currency': 'usd', 'amount': 700,
                 'created': 1700000000%s}
                """.formatted(customer, metadata);
    }

    private static final String REFUND = """
            {'id': 're_1', 'object': 'refund', 'charge': 'ch_1', 'status': 'succeeded', 'currency': 'usd', 'amount': 700,
             'created': 1700000001}
            """;

    private static final String INVOICE_PAYMENT = """
            {'id': 'inpay_1', 'object': 'invoice_payment', 'invoice': 'in_1', 'status': 'paid', 'currency': 'usd',
             'amount_requested': 5, 'created': 1700000001}
            """;
}
