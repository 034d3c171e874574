package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardTest {
    private static final String PREFLIGHT = """
            OPTIONS /config HTTP/1.1
            Host: a
            Origin: %s
            Access-Control-Request-Method: POST
            Connection: close

            """;

    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        gateway = new RunningGateway();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer wrong",
                "Bearer an-operator-token-of-a-tesT",
                "Bearer an-operator-token-of-a-test-",
                "Basic eDphbi1vcGVyYXRvci10b2tlbi1vZi1hLXRlc3Q="
            })
    void without_the_token_the_operators_api_is_unauthorized(String authorization) throws Exception {
        int asked = gateway.dispatcher.count();
        var request = gateway.request("/api/mutes");
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }

        var response = gateway.send(request);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.body()).contains("\"code\":\"operator_token_needed\"");
        assertThat(gateway.dispatcher.count()).isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api", "/api/", "/api/nothing", "/api/billing/reconcile", "/api/gateway/prometheus", "/docs"})
    void every_path_of_the_operator_is_unauthorized(String path) throws Exception {
        assertThat(gateway.get(path).statusCode()).isEqualTo(401);
        assertThat(gateway.send(gateway.request(path).POST(BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void the_token_authorizes_and_is_forwarded_to_no_service() throws Exception {
        var response = gateway.send(gateway.asOperator("/api/mutes"));

        assertThat(response.statusCode()).isEqualTo(200);
        gateway.send(gateway.asOperator("/api/monitors"));
        gateway.send(gateway.asOperator("/api/billing/reconcile"));
        for (var service : List.of(gateway.dispatcher, gateway.monitors, gateway.billing)) {
            assertThat(service.last().headers().toString()).doesNotContain(RunningGateway.TOKEN);
        }
    }

    @Test
    void metrics_and_details_of_the_gateway_need_the_token() throws Exception {
        gateway.get("/health");

        await().untilAsserted(() -> assertThat(gateway.send(gateway.asOperator("/api/gateway/prometheus"))
                        .body())
                .contains("growalert_gateway_requests"));
        assertThat(gateway.send(gateway.asOperator("/api/gateway/health")).body())
                .contains(
                        "\"backends\":{\"details\":{\"billing\":true,\"dispatcher\":true,\"monitors\":true},\"status\":\"UP\"}");
    }

    @Test
    void the_token_as_a_basic_password_is_accepted_for_the_documentation_only() throws Exception {
        var password = Base64.getEncoder()
                .encodeToString(("x:" + RunningGateway.TOKEN).getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(gateway.send(gateway.request("/docs/nothing").header("Authorization", "Basic " + password))
                        .statusCode())
                .isEqualTo(404);
        assertThat(gateway.get("/docs").headers().firstValue("WWW-Authenticate"))
                .get()
                .asString()
                .startsWith("Basic");
    }

    @Test
    void every_response_has_the_headers_that_restrict_a_browser() throws Exception {
        for (var path : List.of("/config", "/nothing", "/health", "/api/mutes")) {
            var headers = gateway.get(path).headers();

            assertThat(headers.firstValue("Content-Security-Policy"))
                    .hasValue("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("X-Frame-Options")).hasValue("DENY");
            assertThat(headers.firstValue("Referrer-Policy")).hasValue("same-origin");
            assertThat(headers.firstValue("Permissions-Policy"))
                    .get()
                    .asString()
                    .contains("camera=()");
            assertThat(headers.firstValue("Strict-Transport-Security")).isEmpty();
            assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
            assertThat(headers.firstValue("Server")).isEmpty();
        }
    }

    @Test
    void other_origins_are_refused() throws Exception {
        var answer = gateway.raw(PREFLIGHT.formatted("https://evil.example"));

        assertThat(answer).startsWith("HTTP/1.1 403").contains("\"code\":\"cors_refused\"");
    }

    @Test
    void a_configured_origin_is_allowed() throws Exception {
        try (var open = new RunningGateway(Map.of("growalert.gateway.origins", List.of("https://shop.example.com")))) {
            assertThat(open.raw(PREFLIGHT.formatted("https://shop.example.com")))
                    .startsWith("HTTP/1.1 200")
                    .contains("Access-Control-Allow-Origin: https://shop.example.com");
            assertThat(open.raw(PREFLIGHT.formatted("https://evil.example")))
                    .startsWith("HTTP/1.1 403")
                    .contains("\"code\":\"cors_refused\"", "X-Content-Type-Options: nosniff")
                    .doesNotContain("Access-Control-Allow");
            assertThat(open.raw(PREFLIGHT.formatted("https://shop.example.com").replace("/config", "/api/mutes")))
                    .startsWith("HTTP/1.1 403");
            assertThat(open.raw(PREFLIGHT.formatted("https://shop.example.com").replace("POST", "DELETE")))
                    .startsWith("HTTP/1.1 403");
            assertThat(open.raw(
                            "GET /config HTTP/1.1\nHost: a\nOrigin: https://shop.example.com\nConnection: close\n\n"))
                    .startsWith("HTTP/1.1 200")
                    .contains("Access-Control-Allow-Origin: https://shop.example.com");
        }
    }

    /** A browser's origin has no default port, whatever the proxy says. */
    @Test
    void the_own_origin_behind_a_proxy_is_allowed() throws Exception {
        try (var open = new RunningGateway(Map.of(
                "growalert.gateway.origins", List.of("https://other.example.com"),
                "growalert.gateway.proxies", List.of("127.0.0.1")))) {
            for (var said : List.of(
                    "X-Forwarded-Host: shop.example.com\nX-Forwarded-Port: 443",
                    "X-Forwarded-Host: shop.example.com:443",
                    "X-Forwarded-Host: shop.example.com")) {
                assertThat(open.raw("""
                                POST /charge HTTP/1.1
                                Host: inside:8080
                                Origin: https://shop.example.com
                                X-Forwarded-Proto: https
                                Content-Length: 0
                                Connection: close
                                %s

                                """.formatted(said))).as(said).startsWith("HTTP/1.1 200");
                assertThat(open.billing.last().header("X-Forwarded-Port")).isEqualTo("443");
            }
            assertThat(open.raw("""
                            POST /charge HTTP/1.1
                            Host: shop.example.com:80
                            Origin: http://shop.example.com
                            Content-Length: 0
                            Connection: close

                            """)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void a_cache_can_see_that_answers_depend_on_the_origin() throws Exception {
        try (var open = new RunningGateway(Map.of("growalert.gateway.origins", List.of("https://shop.example.com")))) {
            assertThat(open.get("/config").headers().allValues("Vary")).contains("Origin");
            assertThat(open.raw(PREFLIGHT.formatted("https://evil.example"))).contains("Vary: Origin");
        }
        assertThat(gateway.get("/config").headers().allValues("Vary")).doesNotContain("Origin");
    }

    @Test
    void a_webhook_may_authenticate_itself() throws Exception {
        gateway.send(gateway.request("/webhook")
                .header("Authorization", "Basic eDp5")
                .POST(BodyPublishers.ofString("{}")));

        assertThat(gateway.billing.last().header("Authorization")).isEqualTo("Basic eDp5");
    }
}
