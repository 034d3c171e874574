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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An order after one whose outcome is unknown is not charged beside it. */
@ExtendWith(OutputCaptureExtension.class)
class UnknownChargesTest {
    private static final String GOOD = "4242424242424242";
    private static final String ASKS_ITS_OWNER = "4000002760003184";

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

    private static When confirming() {
        return When.next(1).on("POST", "/v1/payment_intents/pi");
    }

    private List<String> states() {
        return billing.database
                .jdbc()
                .sql("select state from billing.requests where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .query(String.class)
                .list();
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
}
