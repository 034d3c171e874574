package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutesTest {
    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        gateway = new RunningGateway();
    }

    @BeforeEach
    void answer() {
        gateway.billing.answers(exchange -> {
            exchange.getResponseHeaders().add("Set-Cookie", "session=1; HttpOnly");
            exchange.getResponseHeaders().add("Set-Cookie", "other=2");
            exchange.getResponseHeaders().add("Allow", "GET, HEAD");
            StubBackend.answer(exchange, 200, "billing");
        });
        gateway.monitors.answers(exchange -> StubBackend.answer(exchange, 200, "monitors"));
        gateway.dispatcher.answers(exchange -> StubBackend.answer(exchange, 200, "dispatcher"));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/config",
                "/create-customer",
                "/create-subscription",
                "/charge",
                "/subscription",
                "/cancel-subscription",
                "/account",
                "/subscription/change",
                "/subscription/resume",
                "/invoices/in_1/pay",
                "/email/confirm",
                "/renew-session?token=a%2Fb%20c&empty=",
                "/webhook"
            })
    void the_customers_api_and_the_webhook_go_to_billing(String path) throws Exception {
        var response = gateway.send(gateway.request(path).POST(BodyPublishers.ofString("{}")));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("billing");
        assertThat(gateway.billing.last().uri()).isEqualTo(path);
        assertThat(gateway.billing.last().method()).isEqualTo("POST");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/billing/reconcile,billing",
        "/api/monitors,monitors",
        "/api/monitors/room-1/mute,dispatcher",
        "/api/monitors/room-1/run,monitors",
        "/api/monitors/room-1/run/mute,dispatcher",
        "/api/alerts,dispatcher",
        "/api/alerts/a-1?since=2026-01-01T00:00:00Z,dispatcher",
        "/api/mutes,dispatcher",
        "/api/deliveries/1/redrive,dispatcher"
    })
    void the_operators_api_goes_to_the_service_that_implements_it(String path, String service) throws Exception {
        var response = gateway.send(gateway.asOperator(path));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(service);
    }

    @Test
    void a_link_in_a_message_needs_no_token_of_an_operator() throws Exception {
        for (var path : new String[] {"/ack?t=abc", "/ack/style.css"}) {
            assertThat(gateway.get(path).body()).isEqualTo("dispatcher");
            assertThat(gateway.dispatcher.last().uri()).isEqualTo(path);
        }
        var pressed = gateway.send(gateway.request("/ack")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", "null")
                .POST(BodyPublishers.ofString("t=abc")));
        assertThat(pressed.body()).isEqualTo("dispatcher");
        assertThat(gateway.dispatcher.last().method()).isEqualTo("POST");
    }

    @Test
    void links_in_messages_are_limited_per_address() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.routes.ack.requests", 3))) {
            gateway.dispatcher.answers(exchange -> StubBackend.answer(exchange, 400, "forged"));
            for (int i = 0; i < 3; i++) {
                assertThat(gateway.get("/ack?t=" + i).statusCode()).isEqualTo(400);
            }

            assertThat(gateway.get("/ack?t=4").statusCode()).isEqualTo(429);
            assertThat(gateway.send(gateway.asOperator("/api/alerts")).statusCode())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/prometheus", "/config/x", "/Config", "/error", "/nothing"})
    void a_path_without_a_route_is_not_found(String path) throws Exception {
        int asked = gateway.billing.count();

        var response = gateway.get(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.body()).contains("\"code\":\"not_found\"", "\"status\":404");
        assertThat(gateway.billing.count()).isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?b=1&a=2&b=3", "?", "?a", "?a=+%2B%26"})
    void a_query_passes_unchanged(String query) throws Exception {
        gateway.raw("GET /config" + query + " HTTP/1.1\nHost: a\nConnection: close\n\n");

        assertThat(gateway.billing.last().uri()).isEqualTo("/config" + query);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?a=%zz", "?a=%ff&%00", "?=&&="})
    void a_malformed_query_is_refused(String query) throws Exception {
        var answer = gateway.raw("GET /config" + query + " HTTP/1.1\nHost: a\nConnection: close\n\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"bad_request\"");
    }

    @Test
    void only_the_service_decides_about_not_modified() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.backends.billing.connections", 1))) {
            gateway.billing.answers(exchange -> {
                exchange.getResponseHeaders().set("ETag", "\"1\"");
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write("all of it".getBytes(UTF_8));
            });

            for (int i = 0; i < 2; i++) {
                var answer = gateway.send(gateway.request("/config").header("If-None-Match", "\"1\""));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("ETag")).hasValue("\"1\"");
                assertThat(answer.body()).isEqualTo("all of it");
            }
        }
    }

    @Test
    void cookies_pass_both_ways() throws Exception {
        var response = gateway.send(gateway.request("/subscription").header("Cookie", "session=\"x.y\"; other=2"));

        assertThat(gateway.billing.last().header("Cookie")).isEqualTo("session=\"x.y\"; other=2");
        assertThat(response.headers().allValues("Set-Cookie")).containsExactly("session=1; HttpOnly", "other=2");
    }

    @Test
    void head_passes_without_a_body() throws Exception {
        gateway.billing.answers(exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"7\"");
            exchange.sendResponseHeaders(200, -1);
        });

        var response = gateway.send(gateway.request("/config").HEAD());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(gateway.billing.last().method()).isEqualTo("HEAD");
        assertThat(response.headers().firstValue("ETag")).hasValue("\"7\"");
    }

    @Test
    void options_passes() throws Exception {
        gateway.send(gateway.request("/config").method("OPTIONS", BodyPublishers.noBody()));

        assertThat(gateway.billing.last().method()).isEqualTo("OPTIONS");
    }

    @Test
    void a_rejection_of_a_backend_passes_unchanged() throws Exception {
        gateway.dispatcher.answers(exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/problem+json");
            exchange.getResponseHeaders().add("Retry-After", "7");
            StubBackend.answer(exchange, 429, "{\"code\":\"its_own\"}");
        });

        var response = gateway.send(gateway.asOperator("/api/mutes"));

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(response.body()).isEqualTo("{\"code\":\"its_own\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/config/../api/mutes",
                "/config/..;/api/mutes",
                "/config%2f..%2fapi/mutes",
                "//api/mutes",
                "/config/%2e%2e/api/mutes",
                "/api;x=1/mutes"
            })
    void an_ambiguous_path_reaches_no_backend(String path) throws Exception {
        int asked = gateway.dispatcher.count();

        var answer = gateway.raw("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 4").contains("application/problem+json");
        assertThat(gateway.dispatcher.count()).isEqualTo(asked);
    }

    @Test
    void malformed_http_is_refused_with_problem_details() throws Exception {
        assertThat(gateway.raw("GET /config\u0001 HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "\"code\":\"bad_request\"");
        assertThat(gateway.raw("GET /config HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4")
                .contains("application/problem+json");
        assertThat(gateway.raw("TRACE /config HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .contains("\"code\":\"method_not_allowed\"");
    }

    @Test
    void hop_by_hop_headers_are_not_forwarded() throws Exception {
        gateway.raw("""
                GET /config HTTP/1.1
                Host: a
                Connection: close, X-Mine
                X-Mine: 1
                X-Theirs: 2
                Keep-Alive: timeout=5
                TE: trailers
                Proxy-Authorization: Basic eDp5

                """);

        assertThat(gateway.billing.last().headers())
                .doesNotContainKeys("X-Mine", "Keep-Alive", "TE", "Proxy-Authorization")
                .containsKey("X-Theirs");
    }

    /** No servlet sees it, so none fails to parse it. */
    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"})
    void a_short_body_for_a_path_without_a_backend_is_dropped(String type) throws Exception {
        var posts = "POST /page-config HTTP/1.1\nHost: a\nContent-Type: %s\nContent-Length: 3\n\nabc".formatted(type);

        var answers = gateway.raw(posts + posts + "GET /page-config HTTP/1.1\nHost: a\nConnection: close\n\n");

        assertThat(answers.lines()
                        .filter(line -> line.contains("HTTP/1.1 "))
                        .map(line -> line.replaceAll(".*HTTP/1.1 (\\d+).*", "$1")))
                .containsExactly("405", "405", "200");
    }
}
