package io.growalert.billing.customer.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Settings;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Another instance resumes a request soon after its holder died, and never while its holder works on it. */
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
    void clearFaults() {
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
    void a_request_of_a_dead_instance_is_resumed_soon() {
        var token = billing.token("4242424242424242");
        var dead = billing.beside(Map.of());
        dead.bean(IdempotentRequests.class).begin(key(token));
        dead.close();

        assertThat(left()).isLessThanOrEqualTo((double) SHORTEST.toSeconds());
        var first = charge(billing, token);
        var last = await().until(() -> charge(billing, token), a -> a.status() == 200);

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
    void a_lease_that_its_thread_left_open_is_not_renewed() throws Exception {
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

    @Test
    void an_expired_lease_stops_the_work_before_the_next_call_to_stripe() throws Exception {
        var method = billing.method("4242424242424242");
        billing.stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(5)), When.next(1).on("GET", "/v1/payment_methods"));
        var own = CompletableFuture.supplyAsync(() -> charge(billing, method));
        await().until(() -> open() == 1);
        billing.database
                .jdbc()
                .sql("update billing.requests set lease_until = clock_timestamp() where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .update();

        var answer = own.get();

        assertThat(answer.code()).isEqualTo("request_in_flight");
        assertThat(billing.payments(cookie)).isEmpty();
        assertThat(charge(billing, method).status()).isEqualTo(200);
        assertThat(billing.payments(cookie)).containsExactly("succeeded");
    }

    private int open() {
        return billing.database
                .jdbc()
                .sql("select count(*) from billing.requests where customer = :customer and state = 'open'")
                .param("customer", Running.customerIn(cookie))
                .query(Integer.class)
                .single();
    }

    @Test
    void leases_are_renewed_while_the_services_pool_is_exhausted() throws Exception {
        try (var pool = new HikariDataSource()) {
            pool.setJdbcUrl(billing.database.url());
            pool.setUsername("postgres");
            pool.setMaximumPoolSize(1);
            pool.setConnectionTimeout(250);
            try (var leases = new RequestLeases(pool, Settings.stripe(), Settings.customer())) {
                var requests = new IdempotentRequests(billing.database.jdbc(), billing.database.transaction(), leases);
                requests.begin(key("tok_1"));
                billing.database
                        .jdbc()
                        .sql("""
                            update billing.requests set lease_until = clock_timestamp() + interval '4 seconds'
                            where customer = :customer
                            """)
                        .param("customer", Running.customerIn(cookie))
                        .update();
                try (var _ = pool.getConnection()) {
                    assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);

                    leases.renew();
                }
            }
        }

        assertThat(left()).isGreaterThan(4);
    }
}
