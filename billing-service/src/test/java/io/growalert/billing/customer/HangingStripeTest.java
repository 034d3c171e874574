package io.growalert.billing.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.net.Webhook;
import com.zaxxer.hikari.HikariDataSource;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While Stripe hangs for one kind of calls, other requests continue, and further calls of the kind are refused at once. */
class HangingStripeTest {
    private static final Duration HANG = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init")
    private Running billing;

    @BeforeEach
    void start() throws IOException {
        billing = Running.started(Map.of(
                "growalert.billing.stripe.read-timeout",
                "4s",
                "growalert.billing.stripe.breaker-pause",
                "2s",
                "growalert.billing.database.connections",
                6,
                "growalert.billing.customer.limits.failures-per-address",
                1_000));
    }

    @AfterEach
    void stop() {
        billing.close();
    }

    private Answer charge(String cookie, String token) {
        return billing.post("/charge", cookie, "{\"token\": \"%s\", \"quantity\": 1}".formatted(token));
    }

    private void hangs(String method, String path) {
        billing.stripe.faults().add(new Fault.Hang(HANG), When.ALWAYS.on(method, path));
    }

    @Test
    void calls_that_hang_in_stripe_block_neither_the_database_nor_other_requests() throws GeneralSecurityException {
        var known = Subscriber.of(billing);
        billing.database
                .jdbc()
                .sql("""
                    insert into billing.subscriptions (id, customer, status, currency, cancel_at_period_end, created_at)
                    values ('sub_1', :customer, 'active', 'eur', false, now())
                    """)
                .param("customer", Running.customerIn(known.cookie()))
                .update();
        hangs("POST", "/v1/payment_intents");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var hanging = IntStream.range(0, 12)
                    .mapToObj(i -> {
                        var cookie = billing.register("grower%d@example.com".formatted(i));
                        return CompletableFuture.supplyAsync(() -> charge(cookie, "tok_visa"), threads);
                    })
                    .toList();
            var pool = billing.bean(HikariDataSource.class).getHikariPoolMXBean();
            await().until(() -> billing.database
                            .jdbc()
                            .sql("select count(*) from billing.requests where endpoint = 'charge' and state = 'open'")
                            .query(Integer.class)
                            .single()
                    == 12);

            await().until(() -> pool.getIdleConnections() > 0 && pool.getThreadsAwaitingConnection() == 0);
            assertThat(billing.get("/config", null).status()).isEqualTo(200);
            assertThat(billing.get("/subscription", known.cookie()).status()).isEqualTo(200);
            assertThat(webhook("evt_while_hanging").status()).isEqualTo(200);
            assertThat(hanging).noneMatch(CompletableFuture::isDone);
            assertThat(hanging).allMatch(charged -> charged.join().code().equals("stripe_unavailable"));
        }
    }

    private Answer webhook(String id) throws GeneralSecurityException {
        var body = """
                {"id": "%s", "object": "event", "type": "payout.paid", "created": 1700000000,
                 "data": {"object": {"id": "po_1", "object": "payout"}}}
                """.formatted(id);
        return billing.post(
                "/webhook",
                null,
                body,
                "Stripe-Signature",
                Webhook.Signature.generateSignatureHeader(body, "whsec_test"));
    }

    @Test
    void an_open_breaker_refuses_at_once_sends_nothing_and_closes_again() {
        var cookie = billing.register("grower@example.com");
        var token = billing.token("4242424242424242");
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("POST", "/v1/payment_intents"));
        await().until(() -> {
            charge(cookie, token);
            return isOpen("payments");
        });
        billing.stripe.faults().clear();

        var refused = charge(cookie, token);
        var other = new Subscriber(billing, cookie).subscribe(Subscriber.price(billing, 0));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("stripe_unavailable");
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(billing.payments(cookie).stream().filter("succeeded"::equals))
                .isEmpty();
        assertThat(other.status()).isEqualTo(200);
        var paid = await().until(() -> charge(cookie, token), answer -> answer.status() == 200);
        assertThat(paid.json().path("object").asString()).isEqualTo("charge");
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    private boolean isOpen(String kind) {
        return billing.get("/actuator/prometheus", null)
                .response()
                .body()
                .lines()
                .anyMatch(line -> line.startsWith("growalert_billing_stripe_calls_total")
                        && line.contains("kind=\"%s\"".formatted(kind))
                        && line.contains("outcome=\"not_sent\"")
                        && !line.endsWith(" 0.0"));
    }

    @Test
    void a_read_waits_for_stripe_only_shortly() {
        var cookie = billing.register("grower@example.com");
        try (var patient = billing.beside(
                Map.of("growalert.billing.stripe.read-timeout", "2m", "growalert.billing.stripe.retries", 2))) {
            hangs("GET", "/v1/subscriptions");

            var answer = patient.send(patient.request("/subscription", cookie)
                    .timeout(Duration.ofSeconds(20))
                    .GET());

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("stripe_unavailable");
        }
    }
}
