package io.growalert.billing.customer.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.apply.ObjectRecorder;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.shipping.ShippingAddress;
import io.growalert.billing.shipping.ShippingAddresses;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Customers say where their devices are shipped to, when they order or later. */
@ExtendWith(OutputCaptureExtension.class)
class ShippingTest {
    private static final String GOOD = "4242424242424242";
    private static final String ADDRESS = """
            {"name": "Ann Grower", "line1": "Secret Street 1", "line2": "", "city": "Bonn", "postalCode": "53111",
             "country": "de", "phone": null}""";

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    private final String cookie = billing.register("grower-%s@example.com".formatted(UUID.randomUUID()));
    private final String customer = Running.customerIn(cookie);

    @BeforeAll
    static void start() throws IOException {
        billing = Running.withWebhooks(Map.of(
                "logging.level.io.growalert", "debug",
                "growalert.billing.customer.limits.customers-per-address", 1_000,
                "growalert.billing.customer.limits.failures-per-address", 1_000));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @AfterEach
    void clearFaults() {
        billing.stripe.faults().clear();
    }

    private Answer charge(String token, @Nullable String shipping, String... headers) {
        return billing.post(
                "/charge",
                cookie,
                "{\"token\": \"%s\", \"quantity\": 2, \"shipping\": %s}".formatted(token, shipping),
                headers);
    }

    private List<JsonNode> orders() {
        return billing.get("/orders", cookie)
                .json()
                .path("orders")
                .valueStream()
                .toList();
    }

    /** The only order, once Stripe's event recorded it as paid. */
    private JsonNode paidOrder() {
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        this::orders,
                        orders -> orders.size() == 1
                                && orders.getFirst().path("status").asString().equals("paid"))
                .getFirst();
    }

    private Answer ship(String order, String shipping) {
        return billing.post("/orders/%s/shipping".formatted(order), cookie, "{\"shipping\": %s}".formatted(shipping));
    }

    @Test
    void an_order_without_an_address_is_paid_and_waits_for_one() {
        assertThat(charge(billing.token(GOOD), null).status()).isEqualTo(200);

        var order = paidOrder();
        assertThat(order.path("shippingState").asString()).isEqualTo("address_missing");
        assertThat(order.path("addressMissing").asBoolean()).isTrue();
        assertThat(order.path("amount").asLong()).isEqualTo(9_800);
        assertThat(order.path("shipping").isNull()).isTrue();

        var answer = ship(order.path("id").asString(), ADDRESS);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("shippingState").asString()).isEqualTo("open");
        assertThat(answer.json().path("addressMissing").asBoolean()).isFalse();
        assertThat(orders().getFirst()).isEqualTo(answer.json());
    }

    @Test
    void the_address_of_the_order_is_stored_and_in_no_event_log_or_message(CapturedOutput output) {
        charge(billing.token(GOOD), ADDRESS);

        var order = paidOrder();

        assertThat(order.path("shippingState").asString()).isEqualTo("open");
        var shipping = order.path("shipping");
        assertThat(shipping.path("line1").asString()).isEqualTo("Secret Street 1");
        assertThat(shipping.path("country").asString()).isEqualTo("DE");
        assertThat(shipping.path("line2").isNull()).isTrue();
        assertThat(billing.dump("shipping_addresses", "orders"))
                .contains(customer)
                .doesNotContain("Secret Street");
        assertThat(billing.stripe("GET", "/v1/events?limit=100", "").toString()).doesNotContain("Secret Street");
        assertThat(output.getAll()).contains(customer).doesNotContain("Secret Street", "Ann Grower");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"Bonn\" | shipping",
                "{} | shipping.name",
                "{\"name\": \"Ann\", \"line1\": 5} | shipping.line1",
                "{\"name\": \"Ann\", \"line1\": \"a\", \"city\": \" \"} | shipping.city",
                "{\"name\": \"Ann\", \"line1\": \"a\", \"city\": \"b\", \"postalCode\": \"1\", \"country\": \"XX\"} | shipping.country",
                "{\"name\": \"Ann\", \"line1\": \"a\", \"city\": \"b\", \"postalCode\": \"1\", \"country\": \"\u017fs\"} | shipping.country",
                "{\"name\": \"Ann\", \"line1\": \"a\", \"city\": \"b\", \"country\": \"DE\"} | shipping.postalCode",
                "{\"name\": \"A\\nB\", \"line1\": \"a\", \"city\": \"b\", \"postalCode\": \"1\", \"country\": \"DE\"} | shipping.name",
                "{\"name\": \"A\\u0000B\", \"line1\": \"a\"} | shipping.name"
            })
    void an_invalid_address_is_named_and_nothing_is_charged(String shipping, String field) {
        var answer = charge(billing.token(GOOD), shipping);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_field");
        assertThat(answer.json().path("field").asString()).isEqualTo(field);
        assertThat(billing.payments(cookie)).isEmpty();
    }

    @Test
    void a_country_without_postal_codes_needs_none() {
        charge(
                billing.token(GOOD),
                "{\"name\": \"Ann\", \"line1\": \"1 Nathan Road\", \"city\": \"Kowloon\", \"country\": \"HK\"}");

        assertThat(paidOrder().path("shippingState").asString()).isEqualTo("open");
    }

    @Test
    void an_order_of_another_customer_is_not_found() {
        charge(billing.token(GOOD), null);
        var order = paidOrder().path("id").asString();
        var other = billing.register("other-%s@example.com".formatted(UUID.randomUUID()));

        var answer =
                billing.post("/orders/%s/shipping".formatted(order), other, "{\"shipping\": %s}".formatted(ADDRESS));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("not_found");
        assertThat(billing.get("/orders", other).json().path("orders").size()).isZero();
        assertThat(paidOrder().path("addressMissing").asBoolean()).isTrue();
    }

    @Test
    void without_a_session_no_order_is_shown() {
        assertThat(billing.get("/orders", null).code()).isEqualTo("session_missing");
        assertThat(billing.post("/orders/ord_1/shipping", null, "{}").code()).isEqualTo("session_missing");
    }

    @Test
    void the_latest_address_of_a_repeated_order_counts() {
        var token = billing.token(GOOD);
        charge(token, ADDRESS, "Idempotency-Key", "k");

        var again = charge(token, ADDRESS.replace("Street 1", "Street 2"), "Idempotency-Key", "k");

        assertThat(again.status()).isEqualTo(200);
        assertThat(paidOrder().path("shipping").path("line1").asString()).isEqualTo("Secret Street 2");
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void an_address_survives_an_unknown_outcome_and_follows_the_order_that_was_paid() {
        billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/payment_intents/pi"));
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/payment_intents"));
        assertThat(charge(billing.token(GOOD), ADDRESS).status()).isEqualTo(503);
        billing.stripe.faults().clear();

        var answer = charge(billing.token(GOOD), ADDRESS.replace("Street 1", "Street 3"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(paidOrder().path("shipping").path("line1").asString()).isEqualTo("Secret Street 3");
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void addresses_are_erased_with_the_customer_and_stay_erased() {
        charge(billing.token(GOOD), ADDRESS);
        var order = paidOrder().path("id").asString();

        billing.bean(ObjectRecorder.class).erase(customer, Instant.now());

        assertThat(addressesOf(order)).isZero();
        billing.bean(ShippingAddresses.class)
                .store(order, customer, new ShippingAddress("Ann", "Street", null, "Bonn", "53111", null, "DE", null));
        assertThat(addressesOf(order)).isZero();
    }

    @Test
    void an_address_of_an_order_that_was_never_paid_is_deleted_after_30_days() {
        charge(billing.token(GOOD), ADDRESS);
        var paid = paidOrder().path("id").asString();
        var addresses = billing.bean(ShippingAddresses.class);
        addresses.store(
                "ord_lost", customer, new ShippingAddress("Ann", "Street", null, "Bonn", "53111", null, "DE", null));
        assertThat(addresses.deleteOld(100)).isZero();
        billing.database
                .jdbc()
                .sql(
                        "update billing.shipping_addresses set changed_at = now() - interval '31 days' where customer = :customer")
                .param("customer", customer)
                .update();

        assertThat(addresses.deleteOld(100)).isOne();

        assertThat(addressesOf("ord_lost")).isZero();
        assertThat(addressesOf(paid)).isOne();
    }

    private static long addressesOf(String order) {
        return billing.database
                .jdbc()
                .sql("select count(*) from billing.shipping_addresses where order_id = :order")
                .param("order", order)
                .query(Long.class)
                .single();
    }
}
