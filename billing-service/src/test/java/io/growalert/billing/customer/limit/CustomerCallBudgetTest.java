package io.growalert.billing.customer.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The budget of calls keeps customers below Stripe's rate limit. */
class CustomerCallBudgetTest {
    @SuppressWarnings("NullAway.Init")
    private Running billing;

    @AfterEach
    void stop() {
        billing.close();
    }

    private static Answer cancel(Running at, String cookie) {
        return at.post("/cancel-subscription", cookie, "{\"when\": \"now\"}");
    }

    @Test
    void a_customer_has_a_budget_at_all_instances_together() throws IOException {
        billing = Running.started(Map.of("growalert.billing.customer.limits.stripe-calls-per-customer", 4));
        var greedy = billing.register("greedy@example.com");
        var modest = billing.register("modest@example.com");
        try (var other = billing.beside(Map.of())) {
            assertThat(cancel(billing, greedy).code()).isEqualTo("no_subscription");
            assertThat(cancel(other, greedy).code()).isEqualTo("no_subscription");

            var refused = cancel(billing, greedy);

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("too_many_calls");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
            assertThat(cancel(other, greedy).code()).isEqualTo("too_many_calls");
            assertThat(cancel(other, modest).code()).isEqualTo("no_subscription");
            later();
            assertThat(cancel(other, greedy).code()).isEqualTo("no_subscription");
        }
    }

    private void later() {
        billing.database
                .jdbc()
                .sql("update billing.pace set next_at = next_at - interval '1 minute'")
                .update();
    }

    @Test
    void a_payment_that_began_is_finished_and_the_next_is_refused_before_it_begins() throws IOException {
        billing = Running.started(Map.of("growalert.billing.customer.limits.stripe-calls-per-customer", 1));
        var cookie = billing.register("grower@example.com");
        var first = billing.token("4242424242424242");
        var second = billing.token("4242424242424242");

        var paid = charge(cookie, first);
        var refused = charge(cookie, second);

        assertThat(paid.status()).isEqualTo(200);
        assertThat(refused.code()).isEqualTo("too_many_calls");
        assertThat(billing.payments(cookie)).containsExactly("succeeded");
        billing.database
                .jdbc()
                .sql("update billing.pace set next_at = next_at - interval '1 hour'")
                .update();
        assertThat(charge(cookie, second).status()).isEqualTo(200);
        assertThat(billing.charged(cookie)).hasSize(2);
    }

    private Answer charge(String cookie, String token) {
        return billing.post("/charge", cookie, "{\"token\": \"%s\", \"quantity\": 1}".formatted(token));
    }

    @Test
    void a_client_without_a_session_has_the_budget_of_its_network() throws IOException {
        billing = Running.started(Map.of("growalert.billing.customer.limits.stripe-calls-per-address", 2));

        var codes = IntStream.range(0, 3)
                .mapToObj(i -> billing.post(
                                "/create-customer", null, "{\"email\": \"grower%d@example.com\"}".formatted(i))
                        .code())
                .toList();

        assertThat(codes).containsExactly("", "", "too_many_calls");
        assertThat(billing.dump()).doesNotContain("127.0.0.1");
    }

    @Test
    void all_customers_together_keep_below_stripes_limit() throws IOException {
        billing = Running.started(Map.of("growalert.billing.stripe.customer-requests-per-second", 2));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = IntStream.range(0, 12)
                    .mapToObj(i -> threads.submit(() -> billing.post(
                            "/create-customer", null, "{\"email\": \"grower%d@example.com\"}".formatted(i))))
                    .toList()
                    .stream()
                    .map(answer -> {
                        try {
                            return answer.get();
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    })
                    .toList();

            assertThat(answers).extracting(Answer::status).contains(200, 429).isSubsetOf(200, 429);
            assertThat(answers)
                    .filteredOn(answer -> answer.status() == 429)
                    .allMatch(answer -> answer.code().equals("too_many_calls")
                            && answer.header("Retry-After").equals("1"));
        }
    }

    @Test
    void a_request_without_a_call_to_stripe_is_not_counted() throws IOException {
        billing = Running.started(Map.of(
                "growalert.billing.customer.limits.stripe-calls-per-customer", 1,
                "growalert.billing.customer.limits.stripe-calls-per-address", 1));

        for (int i = 0; i < 5; i++) {
            assertThat(billing.get("/config", null).status()).isEqualTo(200);
            assertThat(billing.post("/charge", null, "{}").code()).isEqualTo("session_missing");
        }
    }
}
