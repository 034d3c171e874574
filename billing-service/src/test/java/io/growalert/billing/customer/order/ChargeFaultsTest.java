package io.growalert.billing.customer.order;

import static io.growalert.billing.customer.order.OrderScene.ASKS_ITS_OWNER;
import static io.growalert.billing.customer.order.OrderScene.DECLINED;
import static io.growalert.billing.customer.order.OrderScene.GOOD;
import static io.growalert.billing.customer.order.OrderScene.confirming;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices are paid once, although answers of Stripe are lost and instances crash. */
class ChargeFaultsTest {
    @RegisterExtension
    private static final OrderScene SCENE = new OrderScene();

    private final Running billing = SCENE.billing();
    private final String cookie = billing.register("grower@example.com");

    @BeforeEach
    void forgetFailures() {
        SCENE.forgetFailures();
    }

    private Answer charge(String token, int quantity, String... headers) {
        return SCENE.charge(cookie, token, quantity, headers);
    }

    @Test
    void when_stripe_fails_after_the_work_the_same_request_continues() {
        billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/payment_intents"));
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
        SCENE.expireLeases(cookie);
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
        var states = SCENE.states(cookie);
        billing.stripe.faults().clear();
        var known = charge(method, 1, key);

        assertThat(unknown.code()).isEqualTo("stripe_unavailable");
        assertThat(states).containsExactly("done");
        assertThat(known.status()).isEqualTo(keyed ? 402 : 202);
        assertThat(billing.payments(cookie)).contains("canceled").hasSize(keyed ? 1 : 2);
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

        SCENE.failing("requests", "before update", "new.state <> 'open'", () -> assertThat(
                        charge(token, 1).status())
                .isEqualTo(200));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2"})
    void another_token_after_an_unknown_outcome_pays_the_same_order_once(int quantity, int charges) {
        var unknown = SCENE.chargeWithUnknownOutcome(cookie);

        var answer = charge(billing.token(GOOD), quantity);

        assertThat(unknown.status()).isEqualTo(503);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(charges);
        assertThat(SCENE.states(cookie)).containsOnly("done");
    }

    /** The fault is between the end of the earlier request and the record of its payment in the present one, or after both. */
    @ParameterizedTest
    @CsvSource({
        "requests,           before update, old.object is null and new.object is not null",
        "shipping_addresses, before insert, true"
    })
    void a_fault_while_an_earlier_payment_is_found_charges_no_second_one(String table, String at, String when) {
        var unknown = SCENE.chargeWithUnknownOutcome(cookie);
        var token = billing.token(GOOD);
        Supplier<Answer> retry =
                () -> billing.post("/charge", cookie, """
                {"token": "%s", "quantity": 1, "shipping": {"name": "Ann", "line1": "1 Nathan Road", "city": "Kowloon",
                 "country": "HK"}}""".formatted(token), "Idempotency-Key", "retry");
        SCENE.failing(table, at, when, () -> assertThat(retry.get().status()).isBetween(500, 503));
        SCENE.expireLeases(cookie);

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

        SCENE.triggering(
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
        SCENE.chargeWithUnknownOutcome(cookie);
        var crashed = billing.token(GOOD);
        SCENE.failing("requests", "before update", "new.state <> 'open'", () -> assertThat(
                        charge(crashed, 1).status())
                .isEqualTo(500));
        SCENE.expireLeases(cookie);

        var first = charge(billing.token(GOOD), 1);
        var second = charge(billing.token(GOOD), 1);

        assertThat(List.of(first.status(), second.status())).containsOnly(200);
        assertThat(second.json().path("id")).isNotEqualTo(first.json().path("id"));
        assertThat(billing.charged(cookie)).hasSize(2);
        assertThat(SCENE.states(cookie)).hasSize(4).containsOnly("done");
    }

    @Test
    void a_payment_whose_event_arrives_before_its_answer_answers_the_next_order() {
        var unknown = SCENE.chargeWithUnknownOutcome(cookie);
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
}
