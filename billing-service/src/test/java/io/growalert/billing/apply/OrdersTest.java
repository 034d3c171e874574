package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.apply.FakeStripe.SentEvent;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A device order is recorded from its payment; refunds and disputes are recorded from the charge. */
class OrdersTest {
    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    @Test
    void an_order_whose_charge_is_refunded_stays_paid_and_has_the_refunded_amount() {
        bench.store(paid(1), charged(2, 0, false), charged(3, 9_800, false));
        bench.settle();

        assertThat(order()).isEqualTo("paid 9800 false");
        assertThat(bench.published().getLast().record())
                .isEqualTo(new BillingRecord.DeviceOrder(
                        "order-1",
                        "cus_1",
                        "pi_1",
                        "paid",
                        2,
                        "eur",
                        4_900,
                        9_800,
                        9_800,
                        false,
                        Instant.ofEpochSecond(1_700_000_000)));
        assertThat(bench.published().getLast().type()).isEqualTo("device_order.ended");
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void a_refund_recorded_before_the_order_is_in_its_first_event() {
        bench.store(charged(3, 500, false));
        bench.settle();
        bench.store(paid(1));
        bench.settle();

        assertThat(order()).isEqualTo("paid 500 false");
        assertThat(bench.published())
                .filteredOn(event -> event.type().startsWith("device_order"))
                .hasSize(1);
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void a_refund_that_fails_lowers_the_amount_again() {
        bench.store(paid(1), charged(2, 9_800, false), charged(3, 0, false));
        bench.settle();

        assertThat(order()).isEqualTo("paid 0 false");
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void an_order_is_disputed_until_the_dispute_is_won() {
        bench.store(paid(1), charged(2, 0, false));
        bench.store(charged(3, 0, true));
        bench.settle();
        assertThat(order()).as("the charge says it first").isEqualTo("paid 0 true");

        bench.store(disputed(4, "dp_1", "needs_response"));
        bench.settle();
        assertThat(order()).isEqualTo("paid 0 true");

        bench.store(disputed(5, "dp_1", "won"));
        bench.settle();
        assertThat(order()).isEqualTo("paid 0 false");

        bench.store(disputed(6, "dp_2", "lost"));
        bench.settle();
        assertThat(order()).isEqualTo("paid 0 true");
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void an_inquiry_that_is_closed_is_no_dispute() {
        bench.store(paid(1), charged(2, 0, true), disputed(3, "dp_1", "warning_needs_response"));
        bench.settle();
        assertThat(order()).isEqualTo("paid 0 true");

        bench.store(disputed(4, "dp_1", "warning_closed"));
        bench.settle();
        assertThat(order()).isEqualTo("paid 0 false");
    }

    @Test
    void the_latest_charge_that_succeeded_counts() {
        bench.store(
                paid(1),
                stripe.emit("charge.failed", yesterday + 1, charge("ch_0", "failed", 0, false)),
                charged(2, 500, false),
                stripe.emit("charge.failed", yesterday + 3, charge("ch_9", "failed", 0, true)));
        bench.settle();

        assertThat(order()).isEqualTo("paid 500 false");
    }

    @Test
    void an_order_paid_by_a_charge_alone_is_settled_too() {
        var alone = charge("ch_1", "succeeded", 0, false).replace("'payment_intent': 'pi_1',", "");
        bench.store(
                stripe.emit("charge.succeeded", yesterday, alone),
                stripe.emit(
                        "charge.refunded",
                        yesterday + 1,
                        alone.replace("'amount_refunded': 0", "'amount_refunded': 7")));
        bench.settle();

        assertThat(order()).isEqualTo("paid 7 false");
        assertThat(bench.published())
                .extracting(BillingEvent::type)
                .containsExactly("charge.created", "device_order.ended", "charge.changed", "device_order.ended");
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void a_guests_order_is_settled_in_any_order_of_events() {
        var payment = payment("succeeded").replace("'cus_1'", "null");
        var charge = charge("ch_1", "succeeded", 9_800, true).replace("'cus_1'", "null");
        bench.store(
                stripe.emit("charge.refunded", yesterday + 1, charge),
                stripe.emit("payment_intent.succeeded", yesterday, payment));
        bench.settle();

        assertThat(order()).isEqualTo("paid 9800 true");
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void any_order_of_events_ends_in_the_same_row_and_the_same_last_event() throws Exception {
        var sent = List.of(
                stripe.emit("payment_intent.created", yesterday, payment("requires_confirmation")),
                stripe.emit("charge.failed", yesterday, charge("ch_0", "failed", 0, false)),
                paid(1),
                charged(1, 0, false),
                charged(5, 300, false),
                charged(6, 500, false),
                charged(7, 400, false),
                disputed(8, "dp_1", "needs_response"),
                charged(8, 400, true),
                disputed(9, "dp_1", "under_review"),
                disputed(10, "dp_2", "needs_response"),
                disputed(11, "dp_2", "won"),
                stripe.emit(
                        "payment_intent.succeeded",
                        yesterday + 20,
                        payment("succeeded").replace("'2'", "'3'")));
        bench.store(sent);
        bench.settle();
        assertThat(order()).isEqualTo("paid 400 true");

        for (long seed = 1; seed <= 8; seed++) {
            try (var other = new Bench(stripe)) {
                var arrivals = new ArrayList<SentEvent>(sent);
                arrivals.addAll(sent);
                Collections.shuffle(arrivals, new Random(seed));
                if (seed % 2 == 0) {
                    for (var each : arrivals) {
                        other.store(each);
                        other.settle();
                    }
                } else {
                    try (var _ = other.instance(2);
                            var _ = other.instance(2)) {
                        other.store(arrivals);
                        other.awaitAllDone();
                    }
                }
                assertThat(other.records()).as("seed %d", seed).isEqualTo(bench.records());
                assertThat(lastOf(other)).as("seed %d", seed).isEqualTo(lastOf(bench));
                other.assertThatTheOutboxMatchesTheRecords();
            }
        }
    }

    @Test
    void an_altered_row_is_found_and_restored() {
        bench.store(paid(1), charged(2, 500, false));
        bench.settle();
        var comparison = new RecordComparison(bench.jdbc, bench.database.transaction());
        var payment = StripeFields.parse(payment("succeeded").replace('\'', '"'));
        assertThat(comparison.of(Kind.PAYMENT, List.of(payment))).isEmpty();
        bench.jdbc.sql("update billing.device_orders set refunded_amount = 0").update();

        var found = comparison.of(Kind.PAYMENT, List.of(payment));
        assertThat(found)
                .containsExactly(new RecordComparison.Finding.Different(
                        "pi_1", "order-1", "cus_1", List.of("refunded_amount"), true));
        bench.recorder.restore(Kind.PAYMENT, payment, Instant.now(), java.util.Set.of("order-1"));

        assertThat(order()).isEqualTo("paid 500 false");
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    private String order() {
        return bench.text("select status || ' ' || refunded_amount || ' ' || disputed from billing.device_orders");
    }

    private static BillingRecord lastOf(Bench bench) {
        return bench.published().stream()
                .map(BillingEvent::record)
                .filter(BillingRecord.DeviceOrder.class::isInstance)
                .toList()
                .getLast();
    }

    private SentEvent paid(long after) {
        return stripe.emit("payment_intent.succeeded", yesterday + after, payment("succeeded"));
    }

    private SentEvent charged(long after, long refunded, boolean disputed) {
        return stripe.emit("charge.updated", yesterday + after, charge("ch_1", "succeeded", refunded, disputed));
    }

    private SentEvent disputed(long after, String id, String status) {
        return stripe.emit("charge.dispute.updated", yesterday + after, """
                {'id': '%s', 'object': 'dispute', 'charge': 'ch_1', 'payment_intent': 'pi_1', 'status': '%s',
                 'reason': 'general', 'currency': 'eur', 'amount': 9800, 'created': 1700000000}
                """.formatted(id, status));
    }

    private static final String METADATA = """
            {'growalert_order': 'order-1', 'growalert_quantity': '2', 'growalert_unit_amount': '4900'}""";

    private static String payment(String status) {
        return """
                {'id': 'pi_1', 'object': 'payment_intent', 'customer': 'cus_1', 'status': '%s', 'currency': 'eur',
                 'amount': 9800, 'created': 1700000000, 'metadata': %s}
                """.formatted(status, METADATA);
    }

    private static String charge(String id, String status, long refunded, boolean disputed) {
        return """
                {'id': '%s', 'object': 'charge', 'customer': 'cus_1', 'payment_intent': 'pi_1', 'status': '%s',
                 'currency': 'eur', 'amount': 9800, 'amount_captured': 9800, 'amount_refunded': %d, 'disputed': %b,
                 'created': 1700000000, 'metadata': %s}
                """.formatted(id, status, refunded, disputed, METADATA);
    }
}
