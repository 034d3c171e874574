package io.growalert.billing.customer.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Cards that are declined, or whose owner must authenticate. */
@ExtendWith(OutputCaptureExtension.class)
class RefusedCardsTest {
    private static final String GOOD = "4242424242424242";
    private static final String ASKS_ITS_OWNER = "4000002760003184";
    private static final String DECLINED = "4000000000000002";

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    private final String cookie = billing.register("grower@example.com");

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of(
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

    private Answer charge(String token, int quantity, String... headers) {
        return billing.post("/charge", cookie, order(token, quantity), headers);
    }

    private static String order(String token, int quantity) {
        return "{\"token\": \"%s\", \"quantity\": %d}".formatted(token, quantity);
    }

    @ParameterizedTest
    @CsvSource({
        "4000000000000002, card_declined, generic_decline",
        "4000000000009995, card_declined, insufficient_funds",
        "4000000000000069, expired_card,  expired_card",
        "4000000000000127, incorrect_cvc, incorrect_cvc"
    })
    void a_declined_card_is_402_with_stripes_message(String number, String code, String declineCode) {
        var answer = charge(billing.token(number), 1);

        assertThat(answer.status()).isEqualTo(402);
        assertThat(answer.code()).isEqualTo(code);
        if (code.equals("card_declined")) {
            assertThat(answer.json().path("declineCode").asString()).isEqualTo(declineCode);
        }
        assertThat(answer.json().path("detail").asString()).startsWith("Your card");
        assertThat(billing.charged(cookie)).isEmpty();
        assertThat(billing.payments(cookie)).containsExactly("canceled");
    }

    @Test
    void after_a_refused_card_another_pays() {
        charge(billing.token(DECLINED), 2);

        var answer = charge(billing.token(GOOD), 2);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void a_refused_card_stays_refused_under_the_clients_key() {
        var token = billing.token("4000000000000069");
        charge(token, 1, "Idempotency-Key", "k");

        var again = charge(token, 1, "Idempotency-Key", "k");
        var other = charge(billing.token(GOOD), 1, "Idempotency-Key", "k");

        assertThat(again.status()).isEqualTo(402);
        assertThat(again.code()).isEqualTo("expired_card");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency_key_reused");
        assertThat(billing.payments(cookie)).hasSize(1);
    }

    @Test
    void a_card_that_requires_authentication_is_confirmed_in_the_browser() {
        var token = billing.token(ASKS_ITS_OWNER);

        var required = charge(token, 1);
        assertThat(required.status()).isEqualTo(202);
        assertThat(required.json().path("requiresAction").asBoolean()).isTrue();
        var payment = required.json().path("paymentIntentId").asString();
        assertThat(required.json().path("clientSecret").asString()).startsWith(payment + "_secret_");
        assertThat(billing.charged(cookie)).isEmpty();

        var still = charge(token, 1);
        assertThat(still.status()).isEqualTo(202);
        billing.stripe("POST", "/sandbox/payment_intents/%s/authenticate".formatted(payment), "success=true");
        var paid = charge(token, 1);

        assertThat(paid.status()).isEqualTo(200);
        assertThat(paid.json().path("object").asString()).isEqualTo("charge");
        assertThat(billing.charged(cookie)).hasSize(1);
        assertThat(billing.payments(cookie)).hasSize(1);
    }

    @Test
    void a_card_whose_authentication_fails_is_refused_and_can_be_retried() {
        var method = billing.method(ASKS_ITS_OWNER);
        var payment = charge(method, 1, "Idempotency-Key", "k")
                .json()
                .path("paymentIntentId")
                .asString();
        billing.stripe("POST", "/sandbox/payment_intents/%s/authenticate".formatted(payment), "success=false");

        var refused = charge(method, 1, "Idempotency-Key", "k");
        var again = charge(method, 1, "Idempotency-Key", "k2");

        assertThat(refused.status()).isEqualTo(402);
        assertThat(refused.code()).isEqualTo("payment_intent_authentication_failure");
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.json().path("paymentIntentId").asString()).isNotEqualTo(payment);
    }

    @Test
    void after_five_refused_cards_a_customer_has_to_wait() {
        for (int i = 0; i < 5; i++) {
            assertThat(charge(billing.token(DECLINED), 1).status()).isEqualTo(402);
        }

        var answer = charge(billing.token(GOOD), 1);

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("too_many_failed_payments");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(3_500, 3_600);
        assertThat(billing.charged(cookie)).isEmpty();
    }
}
