package io.growalert.billing.customer.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.Fault;
import io.growalert.sandbox.When;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A request is another instance's soon after its own died, and never while its own works on it. */
class RequestLeasesTest {
    private static final Duration SHORTEST = Duration.ofSeconds(3);

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    private final String cookie = billing.register("grower@example.com");

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of(
                "growalert.billing.customer.request-lease",
                "100ms",
                "growalert.billing.customer.limits.customers-per-address",
                1_000));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @AfterEach
    void mend() {
        billing.stripe.faults().clear();
    }

    private Answer charge(Running at, String token) {
        return at.post("/charge", cookie, "{\"token\": \"%s\", \"quantity\": 1}".formatted(token));
    }

    private RequestKey key(String token) {
        return RequestKey.of(Running.customerIn(cookie), "charge", null, token + "\n1");
    }

    private double left() {
        return billing.database
                .jdbc()
                .sql("""
                    select extract(epoch from lease_until - clock_timestamp()) from billing.requests
                    where customer = :customer
                    """)
                .param("customer", Running.customerIn(cookie))
                .query(Double.class)
                .single();
    }

    @Test
    void what_a_dead_instance_held_is_gone_on_with_soon() {
        var token = billing.token("4242424242424242");
        var dead = billing.beside(Map.of());
        dead.bean(IdempotentRequests.class).begin(key(token));
        dead.close();

        assertThat(left()).isLessThanOrEqualTo((double) SHORTEST.toSeconds());
        var first = charge(billing, token);
        var last = await().atMost(Duration.ofSeconds(15)).until(() -> charge(billing, token), a -> a.status() == 200);

        assertThat(first.code()).isEqualTo("request_in_flight");
        assertThat(last.json().path("object").asString()).isEqualTo("charge");
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @Test
    void a_call_that_hangs_for_longer_than_the_lease_is_not_taken_over() throws Exception {
        var token = billing.token("4242424242424242");
        billing.stripe
                .faults()
                .add(new Fault.Hang(SHORTEST.multipliedBy(2)), When.next(1).on("POST", "/v1/payment_intents/pi"));
        try (var other = billing.beside(Map.of())) {
            var own = CompletableFuture.supplyAsync(() -> charge(billing, token));
            await().until(() -> !billing.payments(cookie).isEmpty());
            var others = new ArrayList<String>();
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        if (!own.isDone()) {
                            others.add(charge(other, token).code());
                        }
                        return own.isDone();
                    });

            assertThat(own.get().status()).isEqualTo(200);
            assertThat(others.subList(0, others.size() - 1))
                    .hasSizeGreaterThan(5)
                    .containsOnly("request_in_flight");
            assertThat(billing.charged(cookie)).hasSize(1);
        }
    }

    /** A defect that leaves a request open must not hold it for longer than the work lasted. */
    @Test
    void what_its_thread_left_open_is_not_renewed() throws Exception {
        var requests = billing.bean(IdempotentRequests.class);
        var leases = billing.bean(RequestLeases.class);
        var thread = Thread.ofVirtual().start(() -> requests.begin(key("tok_1")));
        thread.join();
        leases.renew();
        billing.database
                .jdbc()
                .sql("update billing.requests set lease_until = clock_timestamp() + interval '50 milliseconds'")
                .update();

        leases.endOf(thread);
        leases.renew();

        assertThat(left()).isLessThan(0.1);
    }
}
