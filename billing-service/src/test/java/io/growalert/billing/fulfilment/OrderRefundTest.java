package io.growalert.billing.fulfilment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators refund orders, once for each key. */
class OrderRefundTest {
    @SuppressWarnings("NullAway.Init")
    private static OrderDesk desk;

    private final String cookie = desk.billing.register("grower-%s@example.com".formatted(UUID.randomUUID()));
    private String order = "";

    @BeforeAll
    static void start() throws IOException {
        desk = new OrderDesk(Map.of());
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    @BeforeEach
    void order() {
        order = desk.order(cookie, "4242424242424242");
    }

    @AfterEach
    void clearFaults() {
        desk.billing.stripe.faults().clear();
    }

    @Test
    void a_refund_twice_with_one_key_is_one_refund() {
        var first = desk.refund(order, "{\"amount\": 4900}", "one");
        var second = desk.refund(order, "{\"amount\": 4900}", "one");
        var other = desk.refund(order, "{\"amount\": 100}", "one");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().path("amount").asLong()).isEqualTo(4_900);
        assertThat(first.json().path("order").asString()).isEqualTo(order);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency_key_reused");
        assertThat(desk.refunds(order)).hasSize(1);
        assertThat(desk.auditedRefunds(order)).containsExactly("refund 4900");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> desk.listed(order).path("refundedAmount").asLong() == 4_900);
        assertThat(desk.listed(order).path("shippingState").asString()).isEqualTo("open");
    }

    @Test
    void without_an_amount_the_rest_is_refunded_and_the_order_closed() {
        desk.refund(order, "{\"amount\": 4900}", "part-" + order);

        var rest = desk.refund(order, null, "rest-" + order);
        desk.awaitState(order, "refunded");

        assertThat(rest.json().path("amount").asLong()).isEqualTo(4_900);
        assertThat(desk.refund(order, null, "more-" + order).code()).isEqualTo("order_closed");
        assertThat(desk.post(order, "shipped", null).code()).isEqualTo("order_closed");
        assertThat(desk.refund(order, null, "rest-" + order).json()).isEqualTo(rest.json());
        assertThat(desk.refunds(order)).hasSize(2);
    }

    @Test
    void a_refund_at_the_dashboard_that_is_not_recorded_yet_is_respected() {
        var charge = desk.billing.charged(cookie).getFirst().path("id").asString();
        desk.billing.stripe.faults().add(new Fault.Drop(), When.ALWAYS);
        desk.billing.stripe("POST", "/v1/refunds", "charge=%s&amount=9000".formatted(charge));

        var tooMuch = desk.refund(order, "{\"amount\": 900}", "much-" + order);
        desk.billing.stripe("POST", "/v1/refunds", "charge=%s".formatted(charge));
        var closed = desk.refund(order, null, "closed-" + order);

        assertThat(tooMuch.status()).isEqualTo(400);
        assertThat(tooMuch.json().path("field").asString()).isEqualTo("amount");
        assertThat(closed.code()).isEqualTo("order_closed");
        assertThat(desk.refunds(order)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"amount\": 0} | amount",
                "{\"amount\": 9801} | amount",
                "{\"amount\": 1.5} | amount",
                "{\"amount\": \"1\"} | amount"
            })
    void an_invalid_amount_is_named_and_does_not_use_up_the_key(String json, String field) {
        var key = UUID.randomUUID().toString();

        var answer = desk.refund(order, json, key);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo(field);
        assertThat(desk.refund(order, "{\"amount\": 1}", key).status()).isEqualTo(200);
    }

    @Test
    void a_refund_needs_a_key() {
        var answer = desk.post(order, "refund", "{}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("Idempotency-Key");
        assertThat(desk.refunds(order)).isEmpty();
    }

    @Test
    void an_unknown_order_is_neither_shipped_nor_refunded() {
        order = "ord_unknown";

        assertThat(desk.post(order, "shipped", "{}").status()).isEqualTo(404);
        assertThat(desk.refund(order, "{}", UUID.randomUUID().toString()).status())
                .isEqualTo(404);
    }

    @Test
    void an_operator_who_is_no_admin_is_refused() {
        var answer = desk.billing.send(desk.change(order, "refund", null, "operator", "Idempotency-Key", "k"));

        assertThat(answer.code()).isEqualTo("forbidden_role");
        assertThat(desk.refunds(order)).isEmpty();
    }

    @Test
    void when_the_answer_of_stripe_is_lost_the_same_request_finds_its_refund() {
        // the JDK retries such a request once
        desk.billing.stripe.faults().add(new Fault.CutAfter(), When.next(2).on("POST", "/v1/refunds"));
        var key = UUID.randomUUID().toString();

        var lost = desk.refund(order, "{\"amount\": 100}", key);
        var found = desk.refund(order, "{\"amount\": 100}", key);

        assertThat(lost.status()).isIn(200, 503);
        assertThat(found.status()).isEqualTo(200);
        assertThat(desk.refunds(order)).hasSize(1);
        assertThat(desk.auditedRefunds(order)).containsExactly("refund 100");
    }

    @Test
    void after_an_error_of_stripe_that_its_key_remembers_the_refund_is_found() {
        desk.billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/refunds"));

        var answer = desk.refund(order, "{\"amount\": 100}", UUID.randomUUID().toString());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(desk.refunds(order)).hasSize(1);
    }

    @Test
    void while_stripe_fails_nothing_is_audited_and_the_operator_is_advised_to_repeat() {
        desk.billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("POST", "/v1/refunds"));
        var key = UUID.randomUUID().toString();

        var failed = desk.refund(order, "{}", key);
        desk.billing.stripe.faults().clear();
        var again = desk.refund(order, "{}", key);

        assertThat(failed.status()).isEqualTo(503);
        assertThat(failed.code()).isEqualTo("stripe_unavailable");
        assertThat(failed.json().path("detail").asString()).contains("same Idempotency-Key");
        assertThat(again.status()).isEqualTo(200);
        assertThat(desk.refunds(order)).hasSize(1);
        assertThat(desk.auditedRefunds(order)).containsExactly("refund 9800");
    }

    /** As a kill leaves it: the refund is made or not, its id is not stored, and the lease has not expired. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void after_a_kill_the_same_request_is_resumed(boolean made) {
        var key = UUID.randomUUID().toString();
        desk.billing
                .stripe
                .faults()
                .add(
                        made ? new Fault.ErrorAfter() : new Fault.ErrorBefore(),
                        When.next(1).on("POST", "/v1/refunds"));
        desk.billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/refunds"));
        var killed = desk.refund(order, "{\"amount\": 100}", key);
        leaseUntil("1 hour");

        var held = desk.refund(order, "{\"amount\": 100}", key);
        leaseUntil("0 s");
        desk.billing.stripe.faults().clear();
        var resumed = desk.refund(order, "{\"amount\": 100}", key);

        assertThat(killed.status()).isEqualTo(503);
        assertThat(held.code()).isEqualTo("request_in_flight");
        assertThat(resumed.status()).isEqualTo(200);
        assertThat(desk.refunds(order)).hasSize(1);
        assertThat(desk.auditedRefunds(order)).containsExactly("refund 100");
    }

    /** The instance dies after Stripe made the refund and before its id is stored. */
    @Test
    void after_kill_9_another_instance_finds_the_refund() throws Exception {
        var key = UUID.randomUUID().toString();
        try (var instance = ForkedBilling.beside(desk.billing);
                var blocking = desk.billing.database.dataSource().getConnection();
                var lock = blocking.createStatement()) {
            blocking.setAutoCommit(false);
            lock.execute("lock table billing.audit in exclusive mode");
            instance.send(desk.change(order, "refund", "{\"amount\": 100}", "admin", "Idempotency-Key", key));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> desk.refunds(order).size() == 1);
            instance.kill();
            blocking.rollback();
        }

        var found = await().atMost(Duration.ofSeconds(60))
                .until(() -> desk.refund(order, "{\"amount\": 100}", key), answer -> answer.status() != 409);

        assertThat(found.status()).isEqualTo(200);
        assertThat(desk.refunds(order)).hasSize(1);
        assertThat(desk.auditedRefunds(order)).containsExactly("refund 100");
    }

    private static void leaseUntil(String offset) {
        desk.billing
                .database
                .jdbc()
                .sql("update billing.requests set lease_until = clock_timestamp() + :offset::interval"
                        + " where endpoint = 'refund' and state = 'open'")
                .param("offset", offset)
                .update();
    }

    @Test
    void a_disputed_payment_is_not_refunded() {
        order = desk.order(cookie, "4000000000000259");

        var answer = desk.refund(order, "{}", UUID.randomUUID().toString());

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("order_disputed");
    }
}
