package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private static final List<String> FREE_OF_STRIPE =
            List.of("/config", "/subscription", "/sign-in", "/sign-in/confirm", "/sign-out", "/renew-session");

    @Test
    void a_backend_that_is_down_is_reported_and_does_not_affect_the_others() throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.billing.close();

            var response = gateway.get("/config");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
            assertThat(response.body()).contains("\"code\":\"backend_unavailable\"");
            assertThat(gateway.send(gateway.asOperator("/api/monitors")).statusCode())
                    .isEqualTo(200);
            assertThat(gateway.send(gateway.asOperator("/api/alerts")).statusCode())
                    .isEqualTo(200);
            assertThat(gateway.get("/register.html").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_backend_that_sends_nothing_for_too_long_is_a_timeout() throws Exception {
        var released = new CountDownLatch(1);
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.routes.customers.timeout", "200ms"))) {
            gateway.billing.answers(exchange -> hold(released));

            var response = gateway.get("/config");

            assertThat(response.statusCode()).isEqualTo(504);
            assertThat(response.body()).contains("\"code\":\"backend_timeout\"");
            released.countDown();
        }
    }

    private static void hold(CountDownLatch released) throws IOException {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Requests above its permits are refused at once; requests to other backends are not affected. */
    @Test
    void a_backend_that_hangs_does_not_affect_the_others() throws Exception {
        var asked = new CountDownLatch(2);
        var released = new CountDownLatch(1);
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.backends.billing.connections",
                2,
                "growalert.gateway.routes.customers.timeout",
                "1h"))) {
            gateway.billing.answers(exchange -> {
                asked.countDown();
                hold(released);
                StubBackend.answer(exchange, 200, "late");
            });
            var waiting = IntStream.range(0, 2)
                    .mapToObj(_ ->
                            gateway.client.sendAsync(gateway.request("/config").build(), BodyHandlers.ofString()))
                    .toList();
            asked.await();

            var above = gateway.get("/config");
            assertThat(above.statusCode()).isEqualTo(503);
            assertThat(above.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(above.body()).contains("\"code\":\"backend_busy\"");
            for (int i = 0; i < 50; i++) {
                assertThat(gateway.send(gateway.asOperator("/api/monitors")).statusCode())
                        .isEqualTo(200);
            }
            assertThat(waiting).allMatch(answer -> !answer.isDone());

            released.countDown();
            for (var answer : waiting) {
                assertThat(answer.join().body()).isEqualTo("late");
            }
            gateway.billing.answers(exchange -> StubBackend.answer(exchange, 200, "ok"));
            assertThat(gateway.get("/config").statusCode()).isEqualTo(200);
        }
    }

    /** For example when Stripe hangs, and billing with it. */
    @Test
    void a_route_that_hangs_does_not_affect_another_to_the_same_backend() throws Exception {
        var asked = new CountDownLatch(2);
        var released = new CountDownLatch(1);
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.backends.billing.connections",
                2,
                "growalert.gateway.breaker.calls",
                4,
                "growalert.gateway.breaker.pause",
                "1h",
                "growalert.gateway.routes.customers.timeout",
                "200ms"))) {
            gateway.billing.answers(exchange -> {
                if (exchange.getRequestURI().getPath().equals("/charge")) {
                    asked.countDown();
                    hold(released);
                }
                StubBackend.answer(exchange, 200, "ok");
            });
            var waiting = IntStream.range(0, 2)
                    .mapToObj(_ -> gateway.client.sendAsync(
                            gateway.request("/charge")
                                    .POST(BodyPublishers.ofString("{}"))
                                    .build(),
                            BodyHandlers.ofString()))
                    .toList();
            asked.await();
            assertThat(webhook(gateway).statusCode()).isEqualTo(200);

            for (var path : FREE_OF_STRIPE) {
                assertThat(gateway.get(path).statusCode()).as(path).isEqualTo(200);
            }

            assertThat(waiting).allMatch(answer -> answer.join().statusCode() == 504);
            assertThat(gateway.send(gateway.request("/create-subscription").POST(BodyPublishers.ofString("{}")))
                            .body())
                    .contains("backend_unavailable");
            for (var path : FREE_OF_STRIPE) {
                assertThat(gateway.get(path).statusCode()).as(path).isEqualTo(200);
            }
            assertThat(webhook(gateway).statusCode()).isEqualTo(200);
            released.countDown();
        }
    }

    private static HttpResponse<String> webhook(RunningGateway gateway) throws Exception {
        return gateway.send(gateway.request("/webhook").POST(BodyPublishers.ofString("{}")));
    }

    @Test
    void a_response_truncated_after_its_first_byte_is_visibly_cut() throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, 1_000_000);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                throw new IOException("gone");
            });

            assertThatThrownBy(() -> gateway.get("/config")).isInstanceOf(IOException.class);
        }
    }

    /** Nothing of it was returned. */
    @Test
    void a_short_answer_that_breaks_off_is_a_failed_backend() throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                throw new IOException("gone");
            });

            var response = gateway.get("/config");

            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(response.body()).contains("\"code\":\"backend_failed\"");
        }
    }

    @Test
    void the_circuit_breaker_opens_after_repeated_failures_and_closes_when_the_backend_recovers() throws Exception {
        try (var gateway = new RunningGateway(
                Map.of("growalert.gateway.breaker.calls", 4, "growalert.gateway.breaker.pause", "300ms"))) {
            gateway.billing.answers(exchange -> {
                throw new IOException("gone");
            });
            await().until(() -> gateway.get("/config").body().contains("backend_unavailable"));
            int asked = gateway.billing.count();
            assertThat(asked).isLessThanOrEqualTo(4);
            assertThat(gateway.send(gateway.asOperator("/api/alerts")).statusCode())
                    .isEqualTo(200);

            gateway.billing.answers(exchange -> StubBackend.answer(exchange, 200, "back"));

            await().until(() -> gateway.get("/config").body().equals("back"));
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.get("/config").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void calls_that_hang_do_not_keep_the_circuit_breaker_half_open() throws Exception {
        var hanging = new CountDownLatch(2);
        var released = new CountDownLatch(1);
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.breaker.calls",
                4,
                "growalert.gateway.breaker.pause",
                "300ms",
                "growalert.gateway.routes.customers.timeout",
                "1h"))) {
            gateway.billing.answers(exchange -> {
                throw new IOException("gone");
            });
            await().until(() -> gateway.get("/config").body().contains("backend_unavailable"));
            gateway.billing.answers(exchange -> {
                hanging.countDown();
                hold(released);
            });
            await().until(() -> {
                var _ = gateway.client.sendAsync(gateway.request("/config").build(), BodyHandlers.discarding());
                return hanging.getCount() == 0;
            });

            gateway.billing.answers(exchange -> StubBackend.answer(exchange, 200, "back"));

            await().until(() -> gateway.get("/config").body().equals("back"));
            released.countDown();
        }
    }

    @Test
    void client_errors_are_no_outage_of_a_backend() throws Exception {
        try (var gateway = new RunningGateway(
                Map.of("growalert.gateway.breaker.calls", 2, "server.jetty.connection-idle-timeout", "100ms"))) {
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.raw("POST /charge HTTP/1.1\nHost: a\nContent-Length: 9\nConnection: close\n\n"))
                        .startsWith("HTTP/1.1 408");
                assertThat(gateway.raw("POST /charge HTTP/1.1\nHost: a\nContent-Length: 99999999\n\n"))
                        .startsWith("HTTP/1.1 413");
            }

            assertThat(gateway.get("/config").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void error_responses_of_a_backend_are_no_outage() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.breaker.calls", 2))) {
            gateway.billing.answers(exchange -> StubBackend.answer(exchange, 503, "stripe_unavailable"));

            for (int i = 0; i < 10; i++) {
                assertThat(gateway.get("/config").body()).isEqualTo("stripe_unavailable");
            }
        }
    }

    @Test
    void health_shows_the_status_without_the_reason() throws Exception {
        try (var gateway = new RunningGateway()) {
            assertThat(gateway.get("/health").body()).isEqualTo("{\"status\":\"UP\"}");
            int asked = gateway.billing.count();
            gateway.get("/health");
            assertThat(gateway.billing.count()).isEqualTo(asked);
        }
        try (var gateway = new RunningGateway()) {
            gateway.dispatcher.close();

            var response = gateway.get("/health");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("{\"status\":\"DEGRADED\"}");
        }
    }

    @Test
    void a_supervisor_s_probe_queries_no_service() throws Exception {
        try (var gateway = new RunningGateway()) {
            int asked = gateway.billing.count();

            var response = gateway.get("/health/live");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("{\"status\":\"UP\"}");
            assertThat(gateway.billing.count()).isEqualTo(asked);
            assertThat(gateway.get("/health/dead").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void health_is_the_last_result_while_a_service_hangs() throws Exception {
        var now = new AtomicLong();
        var asked = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        try (var gateway = new RunningGateway();
                var health = new HealthCheck(gateway.part(Backends.class), Optional::empty, now::get);
                var others = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(health.isHealthy()).isTrue();
            gateway.billing.answers(exchange -> {
                asked.countDown();
                hold(released);
            });
            assertThat(health.isHealthy()).isTrue();

            now.addAndGet(Duration.ofSeconds(5).toNanos());
            var asking = others.submit(health::isHealthy);
            asked.await();
            assertThat(health.isHealthy()).isTrue();
            assertThat(asking.isDone()).isFalse();

            // the query is bounded by its time limit
            assertThat(asking.get()).isFalse();
            assertThat(health.isHealthy()).isFalse();
            released.countDown();
        }
    }

    @Test
    void a_streamed_response_passes_line_by_line() throws Exception {
        var read = new CountDownLatch(1);
        try (var gateway = new RunningGateway()) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write("first\n".getBytes(UTF_8));
                exchange.getResponseBody().flush();
                hold(read);
                exchange.getResponseBody().write("second\n".getBytes(UTF_8));
            });

            var answer = gateway.client.send(
                    gateway.asOperator("/api/billing/reconcile").build(), BodyHandlers.ofInputStream());

            try (var lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
                assertThat(lines.readLine()).isEqualTo("first");
                read.countDown();
                assertThat(lines.readLine()).isEqualTo("second");
                assertThat(lines.readLine()).isNull();
            }
        }
    }
}
