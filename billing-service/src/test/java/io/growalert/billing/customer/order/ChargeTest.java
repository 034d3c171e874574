package io.growalert.billing.customer.order;

import static io.growalert.billing.customer.order.OrderScene.ASKS_ITS_OWNER;
import static io.growalert.billing.customer.order.OrderScene.DECLINED;
import static io.growalert.billing.customer.order.OrderScene.GOOD;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Devices are paid once, and a declined card pays for none. */
@ExtendWith(OutputCaptureExtension.class)
class ChargeTest {
    @RegisterExtension
    private static final OrderScene SCENE = new OrderScene();

    private final Running billing = SCENE.billing();
    private final String cookie = billing.register("grower@example.com");

    private Answer charge(String token, int quantity, String... headers) {
        return SCENE.charge(cookie, token, quantity, headers);
    }

    @Test
    void devices_are_charged_at_our_price_and_the_answer_is_stripes_charge() {
        var answer = charge(billing.token(GOOD), 3);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("object").asString()).isEqualTo("charge");
        assertThat(answer.json().path("id").asString()).startsWith("ch_");
        assertThat(answer.json().path("amount").asLong()).isEqualTo(3 * 4_900);
        assertThat(answer.json().path("currency").asString()).isEqualTo("eur");
        assertThat(answer.json().path("customer").asString()).isEqualTo(Running.customerIn(cookie));
        assertThat(answer.json().path("metadata").path("growalert_quantity").asString())
                .isEqualTo("3");
        assertThat(answer.json().path("metadata").path("growalert_unit_amount").asString())
                .isEqualTo("4900");
        assertThat(answer.json().path("metadata").path("growalert_order").asString())
                .startsWith("ord_");
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void a_payment_method_pays_too() {
        var answer = charge(billing.method(GOOD), 1);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "1.0", "101", "\"1\"", "null", "true", "99999999999999999999"})
    void an_invalid_quantity_is_named_and_never_charged(String quantity) {
        var body = "{\"token\": \"%s\", \"quantity\": %s}".formatted(billing.token(GOOD), quantity);

        var answer = billing.post("/charge", cookie, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_field");
        assertThat(answer.json().path("field").asString()).isEqualTo("quantity");
        assertThat(billing.payments(cookie)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"card_1", "tok_", "tok_a/../b", "cus_1"})
    void an_invalid_token_is_named(String token) {
        var answer = charge(token, 1);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tok_unknown", "pm_unknown"})
    void a_token_that_is_not_there_is_refused(String token) {
        var answer = charge(token, 1);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("token_refused");
        assertThat(answer.json().path("field").asString()).isEqualTo("token");
    }

    @Test
    void a_token_that_was_used_up_is_refused() {
        var token = billing.token(GOOD);
        charge(token, 1);

        var answer = charge(token, 2);

        assertThat(answer.code()).isEqualTo("token_refused");
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void another_customers_payment_method_is_refused() {
        var others = billing.method(GOOD);
        var other = Running.customerIn(billing.register("other@example.com"));
        billing.stripe("POST", "/v1/payment_methods/%s/attach".formatted(others), "customer=" + other);

        var answer = charge(others, 1);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("token_refused");
        assertThat(billing.payments(cookie)).isEmpty();
    }

    @Test
    void a_customers_own_payment_method_pays_again_with_another_key() {
        var own = billing.method(GOOD);
        billing.stripe(
                "POST", "/v1/payment_methods/%s/attach".formatted(own), "customer=" + Running.customerIn(cookie));

        charge(own, 1, "Idempotency-Key", "one");
        charge(own, 1, "Idempotency-Key", "two");

        assertThat(billing.charged(cookie)).hasSize(2);
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
    void the_same_order_again_is_the_same_charge() {
        var token = billing.token(GOOD);

        var first = charge(token, 2);
        var again = charge(token, 2);

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void clicks_at_the_same_time_are_one_charge() {
        var token = billing.token(GOOD);

        var statuses = IntStream.range(0, 12)
                .parallel()
                .mapToObj(i -> charge(token, 1))
                .peek(answer -> {
                    if (answer.status() == 409) {
                        assertThat(answer.code()).isEqualTo("request_in_flight");
                        assertThat(answer.header("Retry-After")).isEqualTo("2");
                    }
                })
                .map(Answer::status)
                .distinct()
                .toList();

        assertThat(statuses).contains(200).isSubsetOf(200, 409);
        assertThat(billing.charged(cookie)).hasSize(1);
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

    @Test
    void a_rejected_secret_key_is_503_without_stripes_message() {
        billing.stripe
                .faults()
                .add(
                        new Fault.Refuse(
                                401,
                                "invalid_request_error",
                                null,
                                null,
                                null,
                                "Expired API key provided: sk_test_********box."),
                        When.ALWAYS.on("POST", "/v1/payment_intents"));

        var answer = charge("tok_visa", 1);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("stripe_denied");
        assertThat(answer.response().body()).doesNotContain("sk_", "API key");
    }

    @Test
    void no_secret_is_logged_whether_it_goes_well_or_not(CapturedOutput output) {
        var paid = billing.token(GOOD);
        var refused = billing.token(DECLINED);
        var required = billing.token(ASKS_ITS_OWNER);
        charge(paid, 1);
        charge(refused, 1);
        var secret = charge(required, 1).json().path("clientSecret").asString();
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("POST", "/v1/payment_intents"));
        var cut = billing.token(GOOD);
        charge(cut, 1);
        charge("tok_unknown", 1);

        assertThat(output.getAll())
                .contains("Device order processed", Running.customerIn(cookie), "Request to Stripe failed")
                .doesNotContain(
                        "grower@example.com",
                        cookie,
                        paid,
                        refused,
                        required,
                        cut,
                        secret,
                        "sk_test_sandbox",
                        Running.KEY);
    }

    @Test
    void no_secret_lies_in_the_database() {
        var token = billing.token(ASKS_ITS_OWNER);
        var secret = charge(token, 1).json().path("clientSecret").asString();

        var dump = billing.dump();

        assertThat(dump)
                .contains(Running.customerIn(cookie))
                .doesNotContain("_secret_", secret, token, cookie, "127.0.0.1");
        assertThat(billing.dump("registrations", "customers")).doesNotContain("grower@example.com");
        assertThat(List.of(secret, token)).allMatch(text -> text.length() > 10);
    }
}
