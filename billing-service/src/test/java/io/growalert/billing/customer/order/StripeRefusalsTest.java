package io.growalert.billing.customer.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A rejection by Stripe becomes the response that fits its cause, and discloses nothing to a thief. */
@ExtendWith(OutputCaptureExtension.class)
class StripeRefusalsTest {
    private static final String GOOD = "4242424242424242";
    private static final String USED_UP = "The provided PaymentMethod was previously used with a PaymentIntent without"
            + " Customer attachment, shared with a connected account without Customer attachment, or was detached from a"
            + " Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a"
            + " Customer first.";

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    private final String cookie = billing.register("grower@example.com");

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of(
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

    private Answer charge(String token, String... headers) {
        return billing.post("/charge", cookie, "{\"token\": \"%s\", \"quantity\": 1}".formatted(token), headers);
    }

    private static void refuses(String path, int status, @Nullable String code, @Nullable String param, String words) {
        billing.stripe
                .faults()
                .add(
                        new Fault.Refuse(status, "invalid_request_error", code, param, null, words),
                        When.next(1).on("POST", path));
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/payment_intents, 400, parameter_unknown, automatic_tax",
        "/v1/payment_intents, 400, parameter_unknown, payment_method_options[card][foo]",
        "/v1/payment_intents, 400, , currency",
        "/v1/payment_intents, 400, amount_too_small, amount",
        "/v1/payment_intents, 400, account_invalid, ",
        "/v1/payment_intents, 400, , ",
        "/v1/payment_intents, 403, , ",
        "/v1/payment_intents/pi, 400, , "
    })
    void a_rejection_that_the_operator_must_fix_is_not_blamed_on_the_card(
            String path, int status, @Nullable String code, @Nullable String param, CapturedOutput output) {
        refuses(path, status, code, param, "Stripe's words about sk_test_secret.");

        var answer = charge(billing.token(GOOD));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("payments_unavailable");
        assertThat(answer.header("Retry-After")).isNotEmpty();
        assertThat(output.getOut().lines().filter(line -> line.contains(" ERROR ")))
                .singleElement()
                .asString()
                .contains("customers cannot pay", code == null ? "" : code, param == null ? "" : param);
        assertThat(output.getAll()).doesNotContain("Stripe's words");
    }

    @Test
    void a_right_that_a_restricted_key_lacks_is_named(CapturedOutput output) {
        refuses(
                "/v1/payment_intents",
                403,
                null,
                null,
                "The provided key 'rk_test_abc' does not have the required permissions for this endpoint on account"
                        + " 'acct_1'. Having the 'rak_payment_intent_write' permission would allow this request to continue.");

        charge(billing.token(GOOD));

        assertThat(output.getAll()).contains("rak_payment_intent_write").doesNotContain("rk_test_abc", "acct_1");
    }

    @Test
    void an_offered_price_missing_at_stripe_is_not_blamed_on_the_customer() {
        refuses("/v1/subscriptions", 400, "resource_missing", "items[0][price]", "No such price.");

        var answer = new Subscriber(billing, cookie).subscribe(Subscriber.price(billing, 0));

        assertThat(answer.code()).isEqualTo("payments_unavailable");
    }

    @ParameterizedTest
    @CsvSource({
        "token_already_used, ",
        "token_already_used, payment_method_data[card][token]",
        "resource_missing, payment_method",
        "resource_missing, payment_method_data[card][token]",
        ", payment_method",
        "payment_method_unactivated, ",
        "payment_intent_incompatible_payment_method, "
    })
    void a_token_that_cannot_pay_is_the_customers_to_replace(@Nullable String code, @Nullable String param) {
        refuses("/v1/payment_intents", 400, code, param, "No.");

        assertThat(charge(billing.token(GOOD)).code()).isEqualTo("token_refused");
    }

    /** Stripe reports this by its message alone. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/payment_intents", "/v1/payment_intents/pi"})
    void a_payment_method_that_was_used_up_is_the_customers_to_replace(String path) {
        refuses(path, 400, null, null, USED_UP);

        assertThat(charge(billing.token(GOOD)).code()).isEqualTo("token_refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stolen_card",
                "lost_card",
                "fraudulent",
                "merchant_blacklist",
                "pickup_card",
                "security_violation",
                "restricted_card",
                "highest_risk_level",
                "something_new"
            })
    void why_a_bank_distrusts_a_card_is_not_disclosed(String declineCode) {
        billing.stripe
                .faults()
                .add(
                        new Fault.Refuse(
                                402, "card_error", "card_declined", null, declineCode, "The card is reported stolen."),
                        When.next(1).on("POST", "/v1/payment_intents/pi"));

        var answer = charge(billing.token(GOOD));

        assertThat(answer.status()).isEqualTo(402);
        assertThat(answer.code()).isEqualTo("card_declined");
        assertThat(answer.json().path("declineCode").asString()).isEqualTo("generic_decline");
        assertThat(answer.response().body()).doesNotContain(declineCode, "stolen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fraudulent", "stolen_card", "something_new"})
    void a_code_that_discloses_as_much_is_replaced_too(String code) {
        billing.stripe
                .faults()
                .add(
                        new Fault.Refuse(402, "card_error", code, null, null, "The card is reported stolen."),
                        When.next(1).on("POST", "/v1/payment_intents"));

        var answer = charge(billing.token(GOOD));

        assertThat(answer.code()).isEqualTo("card_declined");
        assertThat(answer.response().body()).doesNotContain(code, "stolen");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insufficient_funds",
                "expired_card",
                "incorrect_cvc",
                "incorrect_number",
                "processing_error",
                "authentication_required",
                "card_not_supported",
                "currency_not_supported",
                "try_again_later"
            })
    void a_reason_that_the_cards_owner_can_act_on_is_shown(String declineCode) {
        billing.stripe
                .faults()
                .add(
                        new Fault.Refuse(402, "card_error", "card_declined", null, declineCode, "Your card: a reason."),
                        When.next(1).on("POST", "/v1/payment_intents/pi"));

        var answer = charge(billing.token(GOOD));

        assertThat(answer.json().path("declineCode").asString()).isEqualTo(declineCode);
        assertThat(answer.json().path("detail").asString()).isEqualTo("Your card: a reason.");
    }

    /** The sandbox's card is declined as stolen; the replay reads the payment's last error. */
    @Test
    void a_replayed_answer_discloses_no_more_than_the_first() {
        var token = billing.token("4000000000009979");

        var first = charge(token, "Idempotency-Key", "k");
        var again = charge(token, "Idempotency-Key", "k");

        assertThat(first.status()).isEqualTo(402);
        assertThat(again.status()).isEqualTo(402);
        assertThat(first.response().body() + again.response().body()).doesNotContain("stolen");
        assertThat(again.json().path("declineCode").asString()).isEqualTo("generic_decline");
    }
}
