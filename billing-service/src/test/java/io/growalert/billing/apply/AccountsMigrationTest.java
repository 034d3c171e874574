package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import java.time.Instant;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invoices and charges that were recorded before their pages at Stripe were. */
class AccountsMigrationTest {
    private static final Instant CREATED = Instant.parse("2026-11-20T10:00:00Z");

    private final TestDatabase database = TestDatabase.empty();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void get_them_from_the_latest_stored_event() {
        migrate("10");
        invoice("in_1");
        invoice("in_2");
        charge("ch_1");
        event("evt_1", "invoice.finalized", "in_1", 1, """
                {"data": {"object": {"id": "in_1", "hosted_invoice_url": "https://i.example.com/old", "invoice_pdf": null}}}""");
        event("evt_2", "invoice.paid", "in_1", 2, """
                {"data": {"object": {"id": "in_1", "hosted_invoice_url":"https://i.example.com/new?s=ap",
                 "invoice_pdf": "https://i.example.com/new/pdf?s=ap"}}}""");
        event("evt_3", "invoice.paid", "in_2", 1, """
                {"data": {"object": {"id": "in_2", "description": "\\u0000", "hosted_invoice_url": "javascript:alert(1)"}}}""");
        event("evt_4", "invoice.paid", "in_2", 2, null);
        event("evt_5", "charge.succeeded", "ch_1", 1, """
                {"data": {"object": {"id": "ch_1", "receipt_url": "https://pay.example.com/receipts/1"}}}""");

        migrate("latest");

        assertThat(database.jdbc()
                        .sql("select concat_ws(' ', id, hosted_url, pdf_url) from billing.invoices order by id")
                        .query(String.class)
                        .list())
                .containsExactly("in_1 https://i.example.com/new?s=ap https://i.example.com/new/pdf?s=ap", "in_2");
        assertThat(database.jdbc()
                        .sql("select receipt_url from billing.charges")
                        .query(String.class)
                        .list())
                .containsExactly("https://pay.example.com/receipts/1");
    }

    @Test
    void differ_in_nothing_from_stripe_and_get_no_new_version() {
        migrate("10");
        var invoice = """
                {"id": "in_1", "object": "invoice", "customer": "cus_1", "status": "open", "currency": "eur", "amount_due": 500,
                 "amount_paid": 0, "amount_remaining": 500, "total": 500, "attempt_count": 0, "created": %d%s}
                """;
        var now = Instant.now();
        migrate("latest");
        var applier = new TestApplier(database);
        applier.observe(Kind.CUSTOMER, """
                {"id": "cus_1", "object": "customer", "metadata": {"growalert_request": "r"}, "created": 1700000000}
                """, now.minusSeconds(100));
        applier.observe(Kind.INVOICE, invoice.formatted(CREATED.getEpochSecond(), ""), now.minusSeconds(100));

        var linked =
                invoice.formatted(CREATED.getEpochSecond(), ", \"hosted_invoice_url\": \"https://i.example.com/1\"");
        var findings = new RecordComparison(database.jdbc(), database.transaction())
                .of(Kind.INVOICE, List.of(StripeFields.parse(linked)));
        applier.observe(Kind.INVOICE, linked, now.minusSeconds(50));

        assertThat(findings).isEmpty();
        assertThat(version()).isEqualTo(1);
        assertThat(hostedUrl()).isEqualTo("https://i.example.com/1");
        applier.observe(Kind.INVOICE, linked.replace("open", "paid"), now.minusSeconds(40));
        applier.observe(
                Kind.INVOICE,
                linked.replace("open", "paid").replace("https://i.example.com/1", "javascript:alert(1)"),
                now.minusSeconds(30));
        assertThat(version()).isEqualTo(2);
        assertThat(hostedUrl()).isEqualTo("https://i.example.com/1");
        assertThat(database.jdbc()
                        .sql("select string_agg(body, '') from billing.outbox")
                        .query(String.class)
                        .single())
                .doesNotContain("example.com");
    }

    private String hostedUrl() {
        return database.jdbc()
                .sql("select hosted_url from billing.invoices")
                .query(String.class)
                .single();
    }

    private long version() {
        return database.jdbc()
                .sql("select version from billing.objects where id = 'in_1'")
                .query(Long.class)
                .single();
    }

    private void migrate(String target) {
        Flyway.configure()
                .dataSource(database.dataSource())
                .schemas("billing")
                .locations("classpath:db/billing-service")
                .target(target)
                .load()
                .migrate();
    }

    private void invoice(String id) {
        database.jdbc().sql("""
                        insert into billing.invoices (id, customer, status, currency, amount_due, amount_paid, amount_remaining,
                                                      total, attempt_count, created_at)
                        values (:id, 'cus_1', 'paid', 'eur', 500, 500, 0, 500, 1, now())
                        """).param("id", id).update();
    }

    private void charge(String id) {
        database.jdbc().sql("""
                        insert into billing.charges (id, customer, status, currency, amount, amount_captured, amount_refunded,
                                                     disputed, created_at)
                        values (:id, 'cus_1', 'succeeded', 'eur', 500, 500, 0, false, now())
                        """).param("id", id).update();
    }

    private void event(String id, String type, String object, int second, @Nullable String payload) {
        database.jdbc()
                .sql("""
                        insert into billing.stripe_events (id, type, created, object, payload, state)
                        values (:id, :type, :created::timestamptz, :object, :payload, 'applied')
                        """)
                .param("id", id)
                .param("type", type)
                .param("created", CREATED.plusSeconds(second).toString())
                .param("object", object)
                .param("payload", payload)
                .update();
    }
}
