package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingTest {
    private static final String SPOOFED = """
            GET /config HTTP/1.1
            Host: shop.example.com:8443
            X-Forwarded-For: 203.0.113.9
            X-Forwarded-Proto: https
            X-Forwarded-Host: evil.example
            X-Forwarded-Port: 1
            X-Forwarded-Prefix: /evil
            Forwarded: for=203.0.113.9;host=evil.example
            X-Real-IP: 203.0.113.9
            Connection: close

            """;

    @Test
    void forwarding_headers_of_a_client_are_replaced_by_the_gateways() throws Exception {
        try (var gateway = new RunningGateway()) {
            var answer = gateway.raw(SPOOFED);

            var seen = gateway.billing.last();
            assertThat(seen.headers().get("X-Forwarded-For")).isEqualTo(List.of("127.0.0.1"));
            assertThat(seen.headers().get("X-Forwarded-Proto")).isEqualTo(List.of("http"));
            assertThat(seen.headers().get("X-Forwarded-Host")).isEqualTo(List.of("shop.example.com"));
            assertThat(seen.headers().get("X-Forwarded-Port")).isEqualTo(List.of("8443"));
            assertThat(seen.headers()).doesNotContainKeys("X-Forwarded-Prefix", "Forwarded", "X-Real-IP");
            assertThat(answer).doesNotContain("Strict-Transport-Security");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https", "ftp", "HTTPS"})
    void the_scheme_of_an_absolute_target_is_that_of_the_connection(String scheme) throws Exception {
        try (var gateway = new RunningGateway()) {
            var answer = gateway.raw("""
                    GET %s://shop.example.com/config HTTP/1.1
                    Host: shop.example.com
                    Connection: close

                    """.formatted(scheme));

            assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("Strict-Transport-Security");
            assertThat(gateway.billing.last().headers().get("X-Forwarded-Proto"))
                    .isEqualTo(List.of("http"));
        }
    }

    @Test
    void forwarding_headers_of_a_configured_proxy_are_trusted() throws Exception {
        try (var gateway =
                new RunningGateway(Map.of("growalert.gateway.proxies", List.of("127.0.0.0/8", "10.0.0.0/8")))) {
            var answer = gateway.raw("""
                    GET /config HTTP/1.1
                    Host: inside:8080
                    X-Forwarded-For: 198.51.100.7, 203.0.113.9, 10.1.2.3
                    X-Forwarded-Proto: https
                    X-Forwarded-Host: shop.example.com
                    X-Forwarded-Port: 443
                    Forwarded: for=198.51.100.7
                    Connection: close

                    """);

            var seen = gateway.billing.last();
            // 198.51.100.7 is the client's claim to the proxy
            assertThat(seen.headers().get("X-Forwarded-For")).isEqualTo(List.of("203.0.113.9"));
            assertThat(seen.headers().get("X-Forwarded-Proto")).isEqualTo(List.of("https"));
            assertThat(seen.headers().get("X-Forwarded-Host")).isEqualTo(List.of("shop.example.com"));
            assertThat(seen.headers().get("X-Forwarded-Port")).isEqualTo(List.of("443"));
            assertThat(seen.headers()).doesNotContainKeys("Forwarded");
            assertThat(answer).contains("Strict-Transport-Security: max-age=31536000");
        }
    }

    @Test
    void spoofed_addresses_of_a_client_count_as_one() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.proxies",
                List.of("10.0.0.1"),
                "growalert.gateway.routes.customers.requests",
                1,
                "growalert.gateway.routes.customers.per",
                "1h"))) {
            var from = "GET /config HTTP/1.1\nHost: a\n%s: 198.51.100.%d\nConnection: close\n\n";

            assertThat(gateway.raw(from.formatted("X-Forwarded-For", 1))).startsWith("HTTP/1.1 200");
            assertThat(gateway.raw(from.formatted("X-Forwarded-For", 2))).startsWith("HTTP/1.1 429");
            assertThat(gateway.raw(from.formatted("Forwarded", 3))).startsWith("HTTP/1.1 429");
            assertThat(gateway.raw(from.formatted("X-Real-IP", 4))).startsWith("HTTP/1.1 429");
        }
    }

    /** A client's claim to the proxy is left of the address that the proxy saw. */
    @Test
    void spoofed_addresses_behind_a_proxy_count_as_one() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.proxies",
                List.of("127.0.0.1", "10.0.0.1"),
                "growalert.gateway.routes.customers.requests",
                1,
                "growalert.gateway.routes.customers.per",
                "1h"))) {
            var from = "GET /config HTTP/1.1\nHost: a\nX-Forwarded-For: %s203.0.113.9, 10.0.0.1\nConnection: close\n\n";

            assertThat(gateway.raw(from.formatted(""))).startsWith("HTTP/1.1 200");
            for (var spoofed : List.of("198.51.100.1, ", "10.0.0.1, ", "unknown, ", "a b\"c, , ", "127.0.0.1, ")) {
                assertThat(gateway.raw(from.formatted(spoofed))).startsWith("HTTP/1.1 429");
            }
        }
    }

    /** It could be a client's own value. */
    @Test
    void what_stands_left_of_no_address_does_not_count() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.proxies",
                List.of("127.0.0.1"),
                "growalert.gateway.routes.customers.requests",
                1,
                "growalert.gateway.routes.customers.per",
                "1h"))) {
            var from = "GET /config HTTP/1.1\nHost: a\nX-Forwarded-For: %s, unknown\nConnection: close\n\n";

            assertThat(gateway.raw(from.formatted("198.51.100.1"))).startsWith("HTTP/1.1 200");
            assertThat(gateway.billing.last().header("X-Forwarded-For")).isEqualTo("127.0.0.1");
            assertThat(gateway.raw(from.formatted("198.51.100.2"))).startsWith("HTTP/1.1 429");
        }
    }

    @Test
    void a_port_in_a_proxys_header_is_no_part_of_the_address() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.proxies",
                List.of("127.0.0.1"),
                "growalert.gateway.routes.customers.requests",
                1,
                "growalert.gateway.routes.customers.per",
                "1h"))) {
            var from = "GET /config HTTP/1.1\nHost: a\nX-Forwarded-For: %s\nConnection: close\n\n";

            assertThat(gateway.raw(from.formatted("203.0.113.9:5678"))).startsWith("HTTP/1.1 200");
            assertThat(gateway.billing.last().header("X-Forwarded-For")).isEqualTo("203.0.113.9");
            assertThat(gateway.raw(from.formatted("203.0.113.9:5679"))).startsWith("HTTP/1.1 429");
            assertThat(gateway.raw(from.formatted("[2001:db8::1]:5678"))).startsWith("HTTP/1.1 200");
            assertThat(gateway.billing.last().header("X-Forwarded-For")).isEqualTo("2001:db8::1");
            assertThat(gateway.raw(from.formatted("2001:db8::2"))).startsWith("HTTP/1.1 429");
        }
    }

    @Test
    void a_valid_request_id_is_used_and_any_other_is_replaced() throws Exception {
        try (var gateway = new RunningGateway()) {
            var kept = gateway.send(gateway.request("/config").header("X-Request-Id", "abc-12345.z"));
            assertThat(kept.headers().allValues("X-Request-Id")).containsExactly("abc-12345.z");
            assertThat(gateway.billing.last().header("X-Request-Id")).isEqualTo("abc-12345.z");

            var replaced = gateway.send(gateway.request("/config").header("X-Request-Id", "a b{jndi:x}\"<script>"));
            var id = gateway.billing.last().header("X-Request-Id");
            assertThat(id).matches("[0-9a-f-]{36}");
            assertThat(replaced.headers().allValues("X-Request-Id")).containsExactly(id);
        }
    }
}
