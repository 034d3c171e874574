package io.growalert.billing.fulfilment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import io.growalert.testkit.TestIdentity;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Operators ship orders, and refund them once. */
class FulfilmentTest {
    private static final String SHIPPING = """
            {"name": "Ann Grower", "line1": "Secret Street 1", "city": "Bonn", "postalCode": "53111", "country": "DE"}""";

    private static final TestIdentity IDENTITY = new TestIdentity();

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    private final String cookie = billing.register("grower-%s@example.com".formatted(UUID.randomUUID()));
    private final String customer = Running.customerIn(cookie);
    private String order = "";

    @BeforeAll
    static void start() throws IOException {
        billing = Running.withWebhooks(Map.of(
                "growalert.identity.public-key",
                IDENTITY.publicKey(),
                "growalert.billing.customer.limits.customers-per-address",
                1_000));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @BeforeEach
    void order() {
        var paid = billing.post(
                "/charge",
                cookie,
                "{\"token\": \"%s\", \"quantity\": 2, \"shipping\": %s}"
                        .formatted(billing.token("4242424242424242"), SHIPPING));
        order = paid.json().path("metadata").path("growalert_order").asString();
        awaitState("open");
    }

    @AfterEach
    void clearFaults() {
        billing.stripe.faults().clear();
    }

    private JsonNode awaitState(String state) {
        return await().atMost(Duration.ofSeconds(60))
                .until(this::listed, listed -> listed.path("shippingState").asString("").equals(state));
    }

    private JsonNode listed() {
        return get("/api/billing/orders?search=" + order).json().path("orders").path(0);
    }

    private static Answer get(String path) {
        return billing.send(
                billing.request(path, null).header("Authorization", IDENTITY.bearer("billing-service")));
    }

    private Answer post(String change, @Nullable String json, String... headers) {
        var request = billing.request("/api/billing/orders/%s/%s".formatted(order, change), null)
                .header("Authorization", IDENTITY.bearer("billing-service"))
                .POST(json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (json != null) {
            request.header("Content-Type", "application/json");
        }
        return billing.send(headers.length == 0 ? request : request.headers(headers));
    }

    private Answer refund(@Nullable String json, String key) {
        return post("refund", json, "Idempotency-Key", key);
    }

    private List<JsonNode> refunds() {
        var payment = billing.database
                .jdbc()
                .sql("select payment from billing.device_orders where id = :order")
                .param("order", order)
                .query(String.class)
                .single();
        return billing.stripe("GET", "/v1/refunds?limit=100&payment_intent=" + payment, "")
                .path("data")
                .valueStream()
                .toList();
    }

    private List<String> audited() {
        return billing.database
                .jdbc()
                .sql("select action || ' ' || (after ->> 'amount') from billing.audit where target = :order and action = 'refund'")
                .param("order", order)
                .query(String.class)
                .list();
    }

    private List<String> mails(String kind) {
        return billing.database
                .jdbc()
                .sql("select content::text from billing.mails where kind = :kind and subject = :order")
                .param("kind", kind)
                .param("order", order)
                .query(String.class)
                .list();
    }

    @Test
    void open_orders_are_listed_with_their_addresses() {
        var open = get("/api/billing/orders?state=open&search=" + order);

        assertThat(open.header("Cache-Control")).isEqualTo("no-store");
        assertThat(open.json().path("orders").path(0).path("shipping").path("line1").asString())
                .isEqualTo("Secret Street 1");
        assertThat(get("/api/billing/orders?state=shipped&search=" + order)
                        .json()
                        .path("orders")
                        .size())
                .isZero();
    }

    @Test
    void a_shipped_order_is_shown_to_its_customer_who_gets_one_mail() {
        var shipped = post("shipped", "{\"tracking\": \"DHL 00340\"}");
        var again = post("shipped", "{\"tracking\": \"DHL 00340\"}");

        assertThat(shipped.status()).isEqualTo(200);
        assertThat(shipped.json().path("shippingState").asString()).isEqualTo("shipped");
        assertThat(again.json()).isEqualTo(shipped.json());
        var shown = billing.get("/orders", cookie).json().path("orders").path(0);
        assertThat(shown.path("shippingState").asString()).isEqualTo("shipped");
        assertThat(shown.path("tracking").asString()).isEqualTo("DHL 00340");
        assertThat(shown.path("shippedAt").asString())
                .isEqualTo(shipped.json().path("shippedAt").asString());
        assertThat(mails("shipped")).hasSize(1).first().asString().contains("DHL 00340");
        assertThat(billing.dump("shipping_addresses", "orders")).doesNotContain("Secret Street");
    }

    @Test
    void the_tracking_can_be_corrected_without_a_second_mail_and_each_change_is_audited() {
        post("shipped", null);
        post("shipped", "{\"tracking\": \"DHL 1\"}");

        assertThat(listed().path("tracking").asString()).isEqualTo("DHL 1");
        assertThat(mails("shipped")).hasSize(1);
        assertThat(billing.database
                        .jdbc()
                        .sql("select coalesce(before ->> 'shippingState', '-') || ' ' || coalesce(after ->> 'tracking', '-')"
                                + " from billing.audit where target = :order and action = 'ship' order by id")
                        .param("order", order)
                        .query(String.class)
                        .list())
                .containsExactly("- -", "shipped DHL 1");
    }

    @Test
    void an_order_that_was_shipped_long_ago_is_marked_without_a_mail() {
        assertThat(post("shipped", "{\"notify\": false}").status()).isEqualTo(200);

        assertThat(mails("shipped")).isEmpty();
    }

    @Test
    void the_address_of_a_shipped_order_cannot_be_changed() {
        post("shipped", "{}");

        var answer = billing.post(
                "/orders/%s/shipping".formatted(order),
                cookie,
                "{\"shipping\": %s}".formatted(SHIPPING.replace("Street 1", "Street 2")));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("order_closed");
        assertThat(listed().path("shipping").path("line1").asString()).isEqualTo("Secret Street 1");
    }

    @Test
    void a_refund_twice_with_one_key_is_one_refund() {
        var first = refund("{\"amount\": 4900}", "one");
        var second = refund("{\"amount\": 4900}", "one");
        var other = refund("{\"amount\": 100}", "one");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().path("amount").asLong()).isEqualTo(4_900);
        assertThat(first.json().path("order").asString()).isEqualTo(order);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency_key_reused");
        assertThat(refunds()).hasSize(1);
        assertThat(audited()).containsExactly("refund 4900");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> listed().path("refundedAmount").asLong() == 4_900);
        assertThat(listed().path("shippingState").asString()).isEqualTo("open");
    }

    @Test
    void without_an_amount_the_rest_is_refunded_and_the_order_closed() {
        refund("{\"amount\": 4900}", "part-" + order);

        var rest = refund(null, "rest-" + order);
        awaitState("refunded");

        assertThat(rest.json().path("amount").asLong()).isEqualTo(4_900);
        assertThat(refund(null, "more-" + order).code()).isEqualTo("order_closed");
        assertThat(post("shipped", null).code()).isEqualTo("order_closed");
        assertThat(refund(null, "rest-" + order).json()).isEqualTo(rest.json());
        assertThat(refunds()).hasSize(2);
    }

    @Test
    void a_refund_at_the_dashboard_that_is_not_recorded_yet_is_respected() {
        var charge = billing.charged(cookie).getFirst().path("id").asString();
        billing.stripe.faults().add(new Fault.Drop(), When.ALWAYS);
        billing.stripe("POST", "/v1/refunds", "charge=%s&amount=9000".formatted(charge));

        var tooMuch = refund("{\"amount\": 900}", "much-" + order);
        billing.stripe("POST", "/v1/refunds", "charge=%s".formatted(charge));
        var closed = refund(null, "closed-" + order);

        assertThat(tooMuch.status()).isEqualTo(400);
        assertThat(tooMuch.json().path("field").asString()).isEqualTo("amount");
        assertThat(closed.code()).isEqualTo("order_closed");
        assertThat(refunds()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"amount\": 0} | amount",
        "{\"amount\": 9801} | amount",
        "{\"amount\": 1.5} | amount",
        "{\"amount\": \"1\"} | amount"
    })
    void an_invalid_amount_is_named_and_does_not_use_up_the_key(String json, String field) {
        var key = UUID.randomUUID().toString();

        var answer = refund(json, key);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo(field);
        assertThat(refund("{\"amount\": 1}", key).status()).isEqualTo(200);
    }

    @Test
    void a_refund_needs_a_key() {
        var answer = post("refund", "{}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("Idempotency-Key");
        assertThat(refunds()).isEmpty();
    }

    @Test
    void an_unknown_order_is_neither_shipped_nor_refunded() {
        order = "ord_unknown";

        assertThat(post("shipped", "{}").status()).isEqualTo(404);
        assertThat(refund("{}", UUID.randomUUID().toString()).status()).isEqualTo(404);
    }

    @Test
    void an_operator_who_is_no_admin_is_refused() {
        var answer = billing.send(billing.request("/api/billing/orders/%s/refund".formatted(order), null)
                .header("Authorization", IDENTITY.bearer("billing-service", "ann", "operator"))
                .header("Idempotency-Key", "k")
                .POST(BodyPublishers.noBody()));

        assertThat(answer.code()).isEqualTo("forbidden_role");
        assertThat(refunds()).isEmpty();
    }

    @Test
    void when_the_answer_of_stripe_is_lost_the_same_request_finds_its_refund() {
        // the JDK retries such a request once
        billing.stripe.faults().add(new Fault.CutAfter(), When.next(2).on("POST", "/v1/refunds"));
        var key = UUID.randomUUID().toString();

        var lost = refund("{\"amount\": 100}", key);
        var found = refund("{\"amount\": 100}", key);

        assertThat(lost.status()).isIn(200, 503);
        assertThat(found.status()).isEqualTo(200);
        assertThat(refunds()).hasSize(1);
        assertThat(audited()).containsExactly("refund 100");
    }

    @Test
    void after_an_error_of_stripe_that_its_key_remembers_the_refund_is_found() {
        billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/refunds"));

        var answer = refund("{\"amount\": 100}", UUID.randomUUID().toString());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(refunds()).hasSize(1);
    }

    @Test
    void while_stripe_fails_nothing_is_audited_and_the_operator_is_advised_to_repeat() {
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("POST", "/v1/refunds"));
        var key = UUID.randomUUID().toString();

        var failed = refund("{}", key);
        billing.stripe.faults().clear();
        var again = refund("{}", key);

        assertThat(failed.status()).isEqualTo(503);
        assertThat(failed.code()).isEqualTo("stripe_unavailable");
        assertThat(failed.json().path("detail").asString()).contains("same Idempotency-Key");
        assertThat(again.status()).isEqualTo(200);
        assertThat(refunds()).hasSize(1);
        assertThat(audited()).containsExactly("refund 9800");
    }

    /** As a kill leaves it: the refund is made or not, its id is not stored, and the lease has not expired. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void after_a_kill_the_same_request_is_resumed(boolean made) {
        var key = UUID.randomUUID().toString();
        billing.stripe
                .faults()
                .add(
                        made ? new Fault.ErrorAfter() : new Fault.ErrorBefore(),
                        When.next(1).on("POST", "/v1/refunds"));
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/refunds"));
        var killed = refund("{\"amount\": 100}", key);
        leaseUntil("1 hour");

        var held = refund("{\"amount\": 100}", key);
        leaseUntil("0 s");
        billing.stripe.faults().clear();
        var resumed = refund("{\"amount\": 100}", key);

        assertThat(killed.status()).isEqualTo(503);
        assertThat(held.code()).isEqualTo("request_in_flight");
        assertThat(resumed.status()).isEqualTo(200);
        assertThat(refunds()).hasSize(1);
        assertThat(audited()).containsExactly("refund 100");
    }

    private static void leaseUntil(String offset) {
        billing.database
                .jdbc()
                .sql("update billing.requests set lease_until = clock_timestamp() + :offset::interval"
                        + " where endpoint = 'refund' and state = 'open'")
                .param("offset", offset)
                .update();
    }

    @Test
    void a_disputed_payment_is_not_refunded() {
        var disputed = billing.post(
                "/charge",
                cookie,
                "{\"token\": \"%s\", \"quantity\": 1}".formatted(billing.token("4000000000000259")));
        order = disputed.json().path("metadata").path("growalert_order").asString();
        awaitState("address_missing");

        var answer = refund("{}", UUID.randomUUID().toString());

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("order_disputed");
        assertThat(customer).startsWith("cus_");
    }
}
