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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Devices are paid once, although answers of Stripe are lost and instances crash. */
@ExtendWith(OutputCaptureExtension.class)
class ChargeFaultsTest {
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
}
