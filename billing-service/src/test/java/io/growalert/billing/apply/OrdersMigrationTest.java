package io.growalert.billing.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.shipping.Shipments;
import io.growalert.billing.shipping.ShippingState;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import io.growalert.events.Json;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Orders that were recorded before their refunds and disputes were. */
class OrdersMigrationTest {
    private static final Instant CREATED = Instant.parse("2026-11-20T10:00:00Z");
    private static final Instant REFUNDED = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant DISPUTED = Instant.parse("2026-11-22T10:00:00Z");

    private final TestDatabase database = TestDatabase.empty();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void are_filled_from_their_charges_and_published_once() throws Exception {
        migrate("5");
        order("refunded", "cus_1", "paid");
        charge("ch_refunded_before", "pi_refunded", "failed", 0, true, CREATED);
        charge("ch_refunded", "pi_refunded", "succeeded", 4_900, false, CREATED.plusSeconds(5));
        order("disputed", null, "paid");
        charge("ch_disputed", "pi_disputed", "succeeded", 0, false, CREATED);
        dispute("dp_disputed", "ch_disputed", "needs_response");
        order("won", "cus_1", "paid");
        charge("ch_won", "pi_won", "succeeded", 0, true, CREATED);
        dispute("dp_won", "ch_won", "won");
        order("plain", "cus_1", "paid");
        charge("ch_plain", "pi_plain", "succeeded", 0, false, CREATED);
        order("pending", "cus_1", "pending");

        migrate("latest");

        assertThat(database.jdbc()
                        .sql(
                                "select concat_ws(' ', id, refunded_amount, disputed) from billing.device_orders order by id")
                        .query(String.class)
                        .list())
                .containsExactly("disputed 0 t", "pending 0 f", "plain 0 f", "refunded 4900 f", "won 0 f");
        assertThat(published())
                .containsExactly(
                        BillingEvent.of(expected("refunded", "cus_1", 4_900, false), 3, REFUNDED),
                        BillingEvent.of(expected("disputed", null, 0, true), 3, DISPUTED));
        assertThat(database.jdbc()
                        .sql("select key from billing.outbox order by sequence")
                        .query(String.class)
                        .list())
                .containsExactly("cus_1", "disputed");
    }

    @Test
    void are_equal_for_apply_and_for_reconcile() throws Exception {
        migrate("5");
        order("refunded", "cus_1", "paid");
        charge("ch_refunded", "pi_refunded", "succeeded", 4_900, false, CREATED);
        migrate("latest");
        var payment = StripeFields.parse("""
                {"id": "pi_refunded", "object": "payment_intent", "customer": "cus_1", "status": "succeeded", "currency": "eur",
                 "amount": 9800, "created": %d,
                 "metadata": {"growalert_order": "refunded", "growalert_quantity": "2", "growalert_unit_amount": "4900"}}
                """.formatted(CREATED.getEpochSecond()));

        assertThat(new RecordComparison(database.jdbc(), database.transaction()).of(Kind.PAYMENT, List.of(payment)))
                .extracting("record")
                .as("there was no row of the payment in this test")
                .containsExactly("pi_refunded");
        new TestApplier(database).observe(Kind.PAYMENT, payment.toString(), REFUNDED.plusSeconds(60));

        assertThat(published()).extracting(BillingEvent::type).containsExactly("device_order.ended", "payment.ended");
    }

    @Test
    void that_were_paid_before_are_shipped_or_not() throws Exception {
        migrate("10");
        order("paid", "cus_1", "paid");
        order("pending", "cus_1", "pending");
        order("canceled", "cus_1", "canceled");
        order("refunded", "cus_1", "paid");
        database.jdbc()
                .sql("update billing.device_orders set refunded_amount = amount where id = 'refunded'")
                .update();

        migrate("latest");

        assertThat(database.jdbc()
                        .sql("select concat_ws(' ', id, shipping_state) from billing.orders order by id")
                        .query(String.class)
                        .list())
                .containsExactly("canceled canceled", "paid unknown", "pending none", "refunded refunded");
    }

    @Test
    void that_were_paid_before_can_still_be_marked_as_shipped() throws Exception {
        migrate("10");
        order("paid", "cus_1", "paid");
        migrate("latest");
        var shipments = new Shipments(database.jdbc());

        shipments.mark("paid", "DHL 1");

        assertThat(shipments.find("paid")).hasValueSatisfying(shipped -> {
            assertThat(shipped.state()).isEqualTo(ShippingState.SHIPPED);
            assertThat(shipped.shippedAt()).isNotNull();
        });
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

    private List<BillingEvent> published() {
        return database
                .jdbc()
                .sql("select body from billing.outbox order by sequence")
                .query(String.class)
                .list()
                .stream()
                .map(body -> Json.read(body.getBytes(UTF_8), BillingEvent.class))
                .toList();
    }

    private static BillingRecord.DeviceOrder expected(
            String id, @Nullable String customer, long refunded, boolean disputed) {
        return new BillingRecord.DeviceOrder(
                id, customer, "pi_" + id, "paid", 2, "eur", 4_900, 9_800, refunded, disputed, CREATED);
    }

    /** As the previous version of the service recorded it, at its second change. */
    private void order(String id, @Nullable String customer, String status) throws Exception {
        var row = """
                {"kind":"device_order","id":"%s",%s"payment":"pi_%1$s","status":"%s","quantity":2,"currency":"eur",\
                "unit_amount":4900,"amount":9800,"created_at":"%s"}""".formatted(id, customer == null ? "" : "\"customer\":\"" + customer + "\",", status, CREATED);
        database.jdbc().sql("""
                        insert into billing.device_orders
                               (id, customer, payment, status, quantity, currency, unit_amount, amount, created_at)
                        select id, customer, payment, status, quantity, currency, unit_amount, amount, created_at
                        from jsonb_populate_record(null::billing.device_orders, :row::jsonb)
                        """).param("row", row).update();
        var sha = MessageDigest.getInstance("SHA-256").digest(row.getBytes(UTF_8));
        register(id, "device_order", customer, CREATED, HexFormat.of().formatHex(Arrays.copyOf(sha, 16)));
    }

    private void charge(String id, String payment, String status, long refunded, boolean disputed, Instant createdAt) {
        database.jdbc()
                .sql("""
                        insert into billing.charges (id, payment, status, currency, amount, amount_captured, amount_refunded,
                                                     disputed, created_at)
                        values (:id, :payment, :status, 'eur', 9800, 9800, :refunded, :disputed, :created::timestamptz)
                        """)
                .param("id", id)
                .param("payment", payment)
                .param("status", status)
                .param("refunded", refunded)
                .param("disputed", disputed)
                .param("created", createdAt.toString())
                .update();
        register(id, "charge", null, REFUNDED, "-");
    }

    private void dispute(String id, String charge, String status) {
        database.jdbc()
                .sql("""
                        insert into billing.disputes (id, charge, status, reason, currency, amount, created_at)
                        values (:id, :charge, :status, 'general', 'eur', 9800, now())
                        """)
                .param("id", id)
                .param("charge", charge)
                .param("status", status)
                .update();
        register(id, "dispute", null, DISPUTED, "-");
    }

    private void register(String id, String kind, @Nullable String customer, Instant asOf, String digest) {
        database.jdbc()
                .sql("""
                        insert into billing.objects (id, kind, customer, as_of, fetched, rank, version, digest)
                        values (:id, :kind, :customer, :asOf::timestamptz, false, 3, 2, :digest)
                        """)
                .param("id", id)
                .param("kind", kind)
                .param("customer", customer)
                .param("asOf", asOf.toString())
                .param("digest", digest)
                .update();
    }
}
