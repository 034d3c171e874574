package io.growalert.billing.customer.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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

/** Devices are paid once, whatever happens on the way. */
@ExtendWith(OutputCaptureExtension.class)
class ChargeTest {
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

    private static When creating() {
        return When.next(1).on("POST", "/v1/payment_intents");
    }

    private static When confirming() {
        return When.next(1).on("POST", "/v1/payment_intents/pi");
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
    void when_stripe_fails_after_the_work_the_same_request_continues() {
        billing.stripe.faults().add(new Fault.ErrorAfter(), creating());
        assertThat(charge(billing.token(GOOD), 1).status()).isEqualTo(200);

        billing.stripe.faults().add(new Fault.ErrorAfter(), confirming());
        assertThat(charge(billing.token(GOOD), 1).status()).isEqualTo(200);

        assertThat(billing.charged(cookie)).hasSize(2);
        assertThat(billing.payments(cookie)).containsExactly("succeeded", "succeeded");
    }

    @Test
    void when_stripe_fails_for_long_the_next_request_resumes() {
        var token = billing.token(GOOD);
        billing.stripe.faults().add(new Fault.ErrorAfter(), confirming());
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/payment_intents"));

        var failed = charge(token, 1);
        billing.stripe.faults().clear();
        var again = charge(token, 1);

        assertThat(failed.status()).isEqualTo(503);
        assertThat(failed.code()).isEqualTo("stripe_unavailable");
        assertThat(failed.header("Retry-After")).isNotEmpty();
        assertThat(again.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
        assertThat(billing.payments(cookie)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/payment_intents", "/v1/payment_intents/pi"})
    void when_the_connection_is_cut_after_the_work_the_next_request_resumes(String path) {
        var token = billing.token(GOOD);
        // the JDK retries such a request once
        billing.stripe.faults().add(new Fault.CutAfter(), When.next(1).on("POST", path));

        var cut = charge(token, 1);
        var again = charge(token, 1);

        assertThat(cut.status()).isIn(200, 503);
        assertThat(again.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
        assertThat(billing.payments(cookie)).hasSize(1);
    }

    @Test
    void when_stripe_is_busy_the_next_request_resumes() {
        var token = billing.token(GOOD);
        billing.stripe.faults().add(new Fault.RateLimit(Duration.ofSeconds(1)), confirming());

        var busy = charge(token, 1);
        var again = charge(token, 1);

        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.code()).isEqualTo("stripe_busy");
        assertThat(busy.header("Retry-After")).isEqualTo("2");
        assertThat(again.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void after_a_crash_between_the_steps_the_next_request_resumes(boolean stored) {
        var token = billing.token(GOOD);
        // as a crash leaves it: the payment is made, its id is stored or not, and the lease has not expired
        billing.stripe.faults().add(new Fault.RateLimit(Duration.ofSeconds(1)), confirming());
        charge(token, 1);
        billing.database
                .jdbc()
                .sql("""
                    update billing.requests set lease_until = clock_timestamp() + interval '1 hour',
                        object = case when :stored then object end
                    where customer = :customer
                    """)
                .param("stored", stored)
                .param("customer", Running.customerIn(cookie))
                .update();

        var held = charge(token, 1);
        billing.database
                .jdbc()
                .sql("update billing.requests set lease_until = clock_timestamp() where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .update();
        var again = charge(token, 1);

        assertThat(held.status()).isEqualTo(409);
        assertThat(again.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
        assertThat(billing.payments(cookie)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void while_a_payment_may_still_be_paid_there_is_no_second_one(boolean keyed) {
        var method = billing.method(ASKS_ITS_OWNER);
        String[] key = keyed ? new String[] {"Idempotency-Key", "k"} : new String[0];
        var payment = charge(method, 1, key).json().path("paymentIntentId").asString();
        billing.stripe("POST", "/sandbox/payment_intents/%s/authenticate".formatted(payment), "success=false");
        billing.stripe
                .faults()
                .add(
                        new Fault.ErrorBefore(),
                        When.ALWAYS.on("POST", "/v1/payment_intents/%s/cancel".formatted(payment)));

        var unknown = charge(method, 1, key);
        var states = states();
        billing.stripe.faults().clear();
        var known = charge(method, 1, key);

        assertThat(unknown.code()).isEqualTo("stripe_unavailable");
        assertThat(states).containsExactly("done");
        assertThat(known.status()).isEqualTo(keyed ? 402 : 202);
        assertThat(billing.payments(cookie)).contains("canceled").hasSize(keyed ? 1 : 2);
    }

    private List<String> states() {
        return billing.database
                .jdbc()
                .sql("select state from billing.requests where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .query(String.class)
                .list();
    }

    @Test
    void a_decline_whose_answer_was_lost_is_repeated_and_the_token_is_not_used_again() {
        var token = billing.token(DECLINED);
        charge(token, 1);

        var again = charge(token, 1);

        assertThat(again.status()).isEqualTo(402);
        assertThat(again.code()).isEqualTo("card_declined");
        assertThat(billing.payments(cookie)).containsExactly("canceled");
    }

    @Test
    void a_payment_method_that_became_anothers_is_refused_and_its_payment_canceled() {
        var method = billing.method(GOOD);
        billing.stripe.faults().add(new Fault.RateLimit(Duration.ofSeconds(1)), confirming());
        charge(method, 1);
        var other = Running.customerIn(billing.register("other@example.com"));
        billing.stripe("POST", "/v1/payment_methods/%s/attach".formatted(method), "customer=" + other);

        var answer = charge(method, 1);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("token_refused");
        assertThat(billing.payments(cookie)).containsExactly("canceled");
    }

    @Test
    void a_payment_whose_status_cannot_be_stored_is_answered() {
        var token = billing.token(GOOD);

        failing("requests", "before update", "new.state <> 'open'", () -> assertThat(
                        charge(token, 1).status())
                .isEqualTo(200));
    }

    /** While these statements of a table fail. */
    private static void failing(String table, String at, String when, Runnable work) {
        triggering("raise exception 'down';", table, at, when, work);
    }

    /** While these statements of a table run others. */
    private static void triggering(String statements, String table, String at, String when, Runnable work) {
        var jdbc = billing.database.jdbc();
        jdbc.sql("create function billing.triggered() returns trigger language plpgsql as $$ begin %s end $$"
                        .formatted(statements))
                .update();
        jdbc.sql("create trigger triggered %s on billing.%s for each row when (%s) execute function billing.triggered()"
                        .formatted(at, table, when))
                .update();
        try {
            work.run();
        } finally {
            jdbc.sql("drop trigger triggered on billing." + table).update();
            jdbc.sql("drop function billing.triggered").update();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2"})
    void another_token_after_an_unknown_outcome_pays_the_same_order_once(int quantity, int charges) {
        billing.stripe.faults().add(new Fault.ErrorAfter(), confirming());
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/payment_intents"));
        var unknown = charge(billing.token(GOOD), 1);
        billing.stripe.faults().clear();

        var answer = charge(billing.token(GOOD), quantity);

        assertThat(unknown.status()).isEqualTo(503);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(charges);
        assertThat(states()).containsOnly("done");
    }

    /** The fault is between the end of the earlier request and the record of its payment in the present one, or after both. */
    @ParameterizedTest
    @CsvSource({
        "requests,           before update, old.object is null and new.object is not null",
        "shipping_addresses, before insert, true"
    })
    void a_fault_while_an_earlier_payment_is_found_charges_no_second_one(String table, String at, String when) {
        billing.stripe.faults().add(new Fault.ErrorAfter(), confirming());
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/payment_intents"));
        var unknown = charge(billing.token(GOOD), 1);
        billing.stripe.faults().clear();
        var token = billing.token(GOOD);
        Supplier<Answer> retry =
                () -> billing.post("/charge", cookie, """
                {"token": "%s", "quantity": 1, "shipping": {"name": "Ann", "line1": "1 Nathan Road", "city": "Kowloon",
                 "country": "HK"}}""".formatted(token), "Idempotency-Key", "retry");
        failing(table, at, when, () -> assertThat(retry.get().status()).isBetween(500, 503));
        billing.database
                .jdbc()
                .sql(
                        "update billing.requests set lease_until = clock_timestamp() where customer = :customer and state = 'open'")
                .param("customer", Running.customerIn(cookie))
                .update();

        var again = retry.get();

        assertThat(unknown.status()).isEqualTo(503);
        assertThat(again.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
        assertThat(billing.database
                        .jdbc()
                        .sql("select count(*) from billing.shipping_addresses where order_id = :order")
                        .param(
                                "order",
                                again.json()
                                        .path("metadata")
                                        .path("growalert_order")
                                        .asString())
                        .query(Long.class)
                        .single())
                .isOne();
    }

    /** The customer's lock expires while Stripe answers the confirmation with 5xx; the lease of the request does not. */
    @Test
    void a_lock_that_expires_after_the_card_was_charged_charges_no_second_time() {
        var own = billing.method(GOOD);
        billing.stripe(
                "POST", "/v1/payment_methods/%s/attach".formatted(own), "customer=" + Running.customerIn(cookie));
        billing.stripe.faults().add(new Fault.ErrorAfter(), confirming());

        triggering(
                "update billing.requests set lease_until = clock_timestamp() where customer = 'lock'; return new;",
                "requests",
                "after update",
                "new.generation > old.generation",
                () -> charge(own, 1, "Idempotency-Key", "k"));
        var answer = charge(own, 1, "Idempotency-Key", "k");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    /** A crash between the record of the payment in the second request and the end of the first leaves it in both. */
    @Test
    void a_payment_that_was_answered_does_not_answer_the_next_order() {
        billing.stripe.faults().add(new Fault.ErrorAfter(), confirming());
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/payment_intents"));
        charge(billing.token(GOOD), 1);
        billing.stripe.faults().clear();
        var crashed = billing.token(GOOD);
        failing("requests", "before update", "new.state <> 'open'", () -> assertThat(
                        charge(crashed, 1).status())
                .isEqualTo(500));
        billing.database
                .jdbc()
                .sql("update billing.requests set lease_until = clock_timestamp() where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .update();

        var first = charge(billing.token(GOOD), 1);
        var second = charge(billing.token(GOOD), 1);

        assertThat(List.of(first.status(), second.status())).containsOnly(200);
        assertThat(second.json().path("id")).isNotEqualTo(first.json().path("id"));
        assertThat(billing.charged(cookie)).hasSize(2);
        assertThat(states()).hasSize(4).containsOnly("done");
    }

    @Test
    void a_payment_whose_event_arrives_before_its_answer_answers_the_next_order() {
        billing.stripe.faults().add(new Fault.ErrorAfter(), confirming());
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/payment_intents"));
        var unknown = charge(billing.token(GOOD), 1);
        billing.stripe.faults().clear();
        billing.database
                .jdbc()
                .sql("""
                        insert into billing.payments (id, customer, status, currency, amount, amount_received, created_at)
                        select object, customer, 'succeeded', 'eur', 4900, 4900, clock_timestamp() from billing.requests
                        where customer = :customer and endpoint = 'charge' and state = 'open'
                        """)
                .param("customer", Running.customerIn(cookie))
                .update();

        var next = charge(billing.token(GOOD), 1);

        assertThat(unknown.status()).isEqualTo(503);
        assertThat(next.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void a_payment_that_waited_or_was_not_confirmed_is_never_paid_beside_the_next() {
        billing.stripe.faults().add(new Fault.RateLimit(Duration.ofSeconds(1)), confirming());
        var busy = charge(billing.token(GOOD), 1);
        charge(billing.token(ASKS_ITS_OWNER), 1);

        var answer = charge(billing.token(GOOD), 1);

        assertThat(busy.status()).isEqualTo(503);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(billing.payments(cookie)).containsExactlyInAnyOrder("canceled", "canceled", "succeeded");
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
