package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Refused requests are limited by address, too. */
class RefusalsTest {
    private static final Map<String, Object> FEW = Map.of(
            "growalert.gateway.proxies",
            List.of("127.0.0.1"),
            "growalert.gateway.routes.pages.requests",
            3,
            "growalert.gateway.routes.pages.per",
            "1h",
            "growalert.gateway.wrong-tokens.requests",
            2,
            "growalert.gateway.wrong-tokens.per",
            "1h");

    private static String asked(RunningGateway gateway, String line, String from, String header) throws IOException {
        return gateway.raw(
                "%s HTTP/1.1\nHost: a\nX-Forwarded-For: %s\n%sConnection: close\n\n".formatted(line, from, header));
    }

    @Test
    void requests_without_a_route_or_a_token_are_counted_by_address() throws Exception {
        try (var gateway = new RunningGateway(FEW)) {
            var preflight = "Origin: https://evil.example\nAccess-Control-Request-Method: POST\n";
            for (var flood : List.of(
                    List.of("GET /api/mutes", "", "401"),
                    List.of("GET /nothing", "", "404"),
                    List.of("GET //config", "", "400"),
                    List.of("OPTIONS /config", preflight, "403"))) {
                var from = "198.51.100." + (Integer.parseInt(flood.getLast()) - 399);
                for (int i = 0; i < 3; i++) {
                    assertThat(asked(gateway, flood.get(0), from, flood.get(1))).startsWith("HTTP/1.1 " + flood.get(2));
                }

                assertThat(asked(gateway, flood.get(0), from, flood.get(1)))
                        .startsWith("HTTP/1.1 429")
                        .contains("Retry-After: 1200", "\"code\":\"too_many_requests\"");
            }
            assertThat(asked(gateway, "GET /api/mutes", "198.51.100.250", "")).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void guessing_tokens_is_limited_and_does_not_lock_the_operator_out() throws Exception {
        try (var gateway = new RunningGateway(FEW)) {
            var wrong = "Authorization: Bearer a-token-that-is-not-the-one\n";
            for (int i = 0; i < 2; i++) {
                assertThat(asked(gateway, "GET /api/mutes", "198.51.100.1", wrong))
                        .startsWith("HTTP/1.1 401");
            }

            assertThat(asked(gateway, "GET /api/mutes", "198.51.100.1", wrong))
                    .startsWith("HTTP/1.1 429")
                    .contains("Retry-After: 1800");
            assertThat(asked(gateway, "GET /docs", "198.51.100.1", "Authorization: Basic eDp5\n"))
                    .startsWith("HTTP/1.1 429");

            var right = "Authorization: Bearer %s\n".formatted(RunningGateway.TOKEN);
            assertThat(asked(gateway, "GET /api/mutes", "198.51.100.1", right)).startsWith("HTTP/1.1 200");
            assertThat(asked(gateway, "GET /api/mutes", "198.51.100.1", "")).startsWith("HTTP/1.1 401");
            assertThat(asked(gateway, "GET /api/mutes", "198.51.100.2", wrong)).startsWith("HTTP/1.1 401");
        }
    }

    /** A refused client cannot evict its bucket with requests from many networks. */
    @Test
    void a_refused_network_is_not_evicted_by_many_networks_with_one_request_each() {
        var limit = new RateLimit();
        var rate = new GatewaySettings.Rate(60, Duration.ofHours(1));
        var refused = from("2001:db8::1");
        // the cache learns frequencies when it is half full; before, it evicts nothing
        askOnce(limit, rate, 1, 60_000);
        for (int i = 0; i < 60; i++) {
            assertThat(limit.allows("customers", refused, rate)).isTrue();
        }

        askOnce(limit, rate, 60_001, 300_000);

        assertThat(limit.allows("customers", refused, rate)).isFalse();
        assertThat(limit.size()).isLessThanOrEqualTo(100_000);
    }

    private static void askOnce(RateLimit limit, GatewaySettings.Rate rate, int first, int last) {
        for (int i = first; i <= last; i++) {
            limit.allows("customers", from("2001:db8:%x:%x::1".formatted(i >> 16, i & 0xffff)), rate);
        }
    }

    private static String from(String address) {
        return Network.of(InetAddress.ofLiteral(address));
    }
}
