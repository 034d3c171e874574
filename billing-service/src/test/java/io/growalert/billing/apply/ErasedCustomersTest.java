package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.webhook.ParkedEvents;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ErasedCustomersTest {
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
}
