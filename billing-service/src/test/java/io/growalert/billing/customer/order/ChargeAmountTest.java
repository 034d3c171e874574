package io.growalert.billing.customer.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The amount that is charged is the amount that the customer was shown. */
class ChargeAmountTest {
    private static final String GOOD = "4242424242424242";

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    private final String cookie = billing.register("grower@example.com");

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of(
                "growalert.billing.customer.limits.customers-per-address", 1_000,
                "growalert.billing.customer.limits.failures-per-customer", 1));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @AfterEach
    void clearFaults() {
        billing.stripe.faults().clear();
    }

    private Answer charge(Running at, String token, @Nullable Object expected, String... headers) {
        return at.post(
                "/charge",
                cookie,
                "{\"token\": \"%s\", \"quantity\": 2, \"expectedAmount\": %s}".formatted(token, expected),
                headers);
    }

    @Test
    void the_amount_that_was_shown_is_charged() {
        var answer = charge(billing, billing.token(GOOD), 9_800);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("amount").asLong()).isEqualTo(9_800);
    }

    @Test
    void another_amount_is_named_before_anything_is_sent_to_stripe() {
        var token = billing.token(GOOD);
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS);

        var answer = charge(billing, token, 4_900);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("amount_changed");
        assertThat(answer.json().path("amount").asLong()).isEqualTo(9_800);
        assertThat(answer.json().path("currency").asString()).isEqualTo("eur");
        billing.stripe.faults().clear();
        assertThat(billing.payments(cookie)).isEmpty();
        // neither the key nor a try is used up
        assertThat(charge(billing, token, 9_800).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0", "1.5", "\"9800\"", "true"})
    void an_invalid_amount_is_named(String expected) {
        var answer = charge(billing, billing.token(GOOD), expected);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("expectedAmount");
    }

    private Answer chargeIn(String currency, String token, String... headers) {
        return billing.post(
                "/charge",
                cookie,
                "{\"token\": \"%s\", \"quantity\": 2, \"expectedAmount\": 9800, \"expectedCurrency\": %s}"
                        .formatted(token, currency),
                headers);
    }

    @Test
    void the_same_number_in_another_currency_is_not_charged() {
        var token = billing.token(GOOD);

        var answer = chargeIn("\"jpy\"", token);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("amount_changed");
        assertThat(answer.json().path("currency").asString()).isEqualTo("eur");
        assertThat(billing.payments(cookie)).isEmpty();
        assertThat(chargeIn("\"EUR\"", token, "Idempotency-Key", "k").status()).isEqualTo(200);
        assertThat(chargeIn("\"jpy\"", token, "Idempotency-Key", "k").code()).isEqualTo("idempotency_key_reused");
    }

    @Test
    void an_invalid_currency_is_named() {
        var answer = chargeIn("\"e1r\"", billing.token(GOOD));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("expectedCurrency");
    }

    @Test
    void null_is_no_expectation() {
        assertThat(charge(billing, billing.token(GOOD), null).status()).isEqualTo(200);
    }

    @Test
    void the_same_key_with_another_expectation_is_another_order() {
        var token = billing.token(GOOD);
        charge(billing, token, 9_800, "Idempotency-Key", "k");

        var same = charge(billing, token, 9_800, "Idempotency-Key", "k");
        var other = charge(billing, token, 4_900, "Idempotency-Key", "k");

        assertThat(same.status()).isEqualTo(200);
        assertThat(other.code()).isEqualTo("idempotency_key_reused");
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void without_a_key_the_same_order_is_one_whatever_is_expected() {
        var method = billing.method(GOOD);
        charge(billing, method, 9_800);

        var again = charge(billing, method, null);

        assertThat(again.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void a_payment_begun_at_another_amount_is_not_completed() {
        var method = billing.method(GOOD);
        billing.stripe
                .faults()
                .add(new Fault.RateLimit(Duration.ofSeconds(1)), When.next(1).on("POST", "/v1/payment_intents/pi"));
        charge(billing, method, 9_800);
        try (var dearer = billing.beside(Map.of("growalert.billing.customer.device.amount", 5_900))) {
            var answer = charge(dearer, method, 11_800);

            assertThat(answer.code()).isEqualTo("amount_changed");
            assertThat(answer.json().path("amount").asLong()).isEqualTo(11_800);
            assertThat(billing.charged(cookie)).isEmpty();
            assertThat(charge(dearer, method, 11_800).status()).isEqualTo(200);
            assertThat(billing.charged(cookie))
                    .hasSize(1)
                    .allMatch(charge -> charge.path("amount").asLong() == 11_800);
        }
    }

    @Test
    void a_payment_begun_at_the_shown_amount_is_completed() {
        var token = billing.token(GOOD);
        billing.stripe
                .faults()
                .add(new Fault.RateLimit(Duration.ofSeconds(1)), When.next(1).on("POST", "/v1/payment_intents/pi"));
        var busy = charge(billing, token, 9_800);
        try (var dearer = billing.beside(Map.of("growalert.billing.customer.device.amount", 5_900))) {
            var answer = charge(dearer, token, 9_800);

            assertThat(busy.code()).isEqualTo("stripe_busy");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("amount").asLong()).isEqualTo(9_800);
        }
    }
}
