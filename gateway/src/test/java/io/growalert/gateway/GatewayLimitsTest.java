package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayLimitsTest {
    @Test
    void the_requests_of_one_address_to_a_route_are_limited() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.routes.customers.requests", 3, "growalert.gateway.routes.customers.per", "1h"))) {
            for (int i = 0; i < 3; i++) {
                assertThat(gateway.get("/config").statusCode()).isEqualTo(200);
            }

            var refused = gateway.get("/subscription");

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1200");
            assertThat(refused.body()).contains("\"code\":\"too_many_requests\"");
            assertThat(gateway.billing.count()).isEqualTo(3);
            assertThat(gateway.send(gateway.request("/webhook").POST(BodyPublishers.ofString("{}")))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void reads_and_writes_of_customers_are_counted_together() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.routes.customers.requests", 3, "growalert.gateway.routes.customers.per", "1h"))) {
            for (var path : List.of("/config", "/charge", "/sign-in")) {
                assertThat(gateway.get(path).statusCode()).isEqualTo(200);
            }

            for (var path : List.of("/config", "/subscription", "/charge", "/sign-in", "/sign-out")) {
                assertThat(gateway.get(path).statusCode()).as(path).isEqualTo(429);
            }
        }
    }

    @Test
    void another_address_has_its_own_limit() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.proxies",
                List.of("127.0.0.1/32"),
                "growalert.gateway.routes.customers.requests",
                1,
                "growalert.gateway.routes.customers.per",
                "1h"))) {
            var from = "GET /config HTTP/1.1\nHost: a\nX-Forwarded-For: %s\nConnection: close\n\n";

            assertThat(gateway.raw(from.formatted("198.51.100.1"))).startsWith("HTTP/1.1 200");
            assertThat(gateway.raw(from.formatted("198.51.100.1"))).startsWith("HTTP/1.1 429");
            assertThat(gateway.raw(from.formatted("198.51.100.2"))).startsWith("HTTP/1.1 200");
            assertThat(gateway.raw(from.formatted("2001:db8:1:2::1"))).startsWith("HTTP/1.1 200");
            // the same subscriber
            assertThat(gateway.raw(from.formatted("2001:db8:1:2:ffff::9"))).startsWith("HTTP/1.1 429");
            assertThat(gateway.raw(from.formatted("2001:db8:1:3::1"))).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void a_body_that_is_too_large_is_refused_in_any_framing() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.routes.customers.body", "1KB"))) {
            var fits = new byte[1024];
            var large = new byte[1025];

            for (var body : List.of(
                    BodyPublishers.ofByteArray(fits),
                    BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(fits)))) {
                assertThat(gateway.send(gateway.request("/charge").POST(body)).statusCode())
                        .isEqualTo(200);
                assertThat(gateway.billing.last().body()).hasSize(1024);
            }
            int asked = gateway.billing.count();
            for (var body : List.of(
                    BodyPublishers.ofByteArray(large),
                    BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))) {
                var refused = gateway.send(gateway.request("/charge").POST(body));

                assertThat(refused.statusCode()).isEqualTo(413);
                assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
                assertThat(refused.body()).contains("\"code\":\"body_too_large\"");
            }
            assertThat(gateway.billing.count()).isEqualTo(asked);
        }
    }

    @Test
    void a_client_that_expects_a_100_continue_need_not_send_a_body_that_is_too_large() throws Exception {
        try (var gateway = new RunningGateway()) {
            var answer = gateway.raw("""
                    POST /webhook HTTP/1.1
                    Host: a
                    Content-Length: 1000000000
                    Expect: 100-continue
                    Connection: close

                    """);

            assertThat(answer).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void a_body_that_does_not_arrive_in_time_is_a_timeout() throws Exception {
        try (var gateway = new RunningGateway(Map.of("server.jetty.connection-idle-timeout", "200ms"))) {
            var answer = gateway.raw("""
                    POST /webhook HTTP/1.1
                    Host: a
                    Content-Length: 10
                    Connection: close

                    {""");

            assertThat(answer).startsWith("HTTP/1.1 408").contains("\"code\":\"body_too_slow\"");
            assertThat(gateway.billing.count()).isZero();
        }
    }

    @Test
    void a_body_that_arrives_byte_by_byte_is_a_timeout() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.slowest", "200ms"));
                var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
            socket.getOutputStream()
                    .write("POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n".getBytes(US_ASCII));

            // each poll sends one more byte
            await().until(() -> {
                try {
                    socket.getOutputStream().write('x');
                } catch (SocketException e) {
                    // the connection ended after the response
                }
                return socket.getInputStream().available() > 0;
            });

            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 408");
            assertThat(gateway.billing.count()).isZero();
        }
    }

    @Test
    void the_bodies_of_one_address_leave_memory_for_those_of_others() throws Exception {
        var head = "POST /webhook HTTP/1.1\nHost: a\nContent-Length: %d\nX-Forwarded-For: %s\nConnection: close\n\n";
        try (var gateway = new RunningGateway(Map.of(
                        "growalert.gateway.proxies",
                        List.of("127.0.0.1/32"),
                        "growalert.gateway.memory",
                        "64KB",
                        "growalert.gateway.routes.webhook.body",
                        "4KB"));
                var first = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port());
                var second = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
            for (var socket : List.of(first, second)) {
                socket.getOutputStream()
                        .write((head.formatted(4000, "198.51.100.1").replace("\n", "\r\n") + "x".repeat(3999))
                                .getBytes(US_ASCII));
            }

            await().until(() -> room(gateway) == 64 * 1024 - 2 * 4096);

            assertThat(gateway.raw(head.formatted(2, "198.51.100.1") + "{}"))
                    .startsWith("HTTP/1.1 503")
                    .contains("\"code\":\"backend_busy\"");
            assertThat(gateway.raw(head.formatted(2, "198.51.100.2") + "{}")).startsWith("HTTP/1.1 200");

            for (var socket : List.of(first, second)) {
                socket.getOutputStream().write('x');
                assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                        .startsWith("HTTP/1.1 200");
            }
            await().until(() -> room(gateway) == 64 * 1024);
            assertThat(gateway.raw(head.formatted(2, "198.51.100.1") + "{}")).startsWith("HTTP/1.1 200");
        }
    }

    private static double room(RunningGateway gateway) {
        return gateway.part(MeterRegistry.class)
                .get("growalert.gateway.memory.free")
                .gauge()
                .value();
    }

    @Test
    void headers_that_are_too_large_are_refused() throws Exception {
        try (var gateway = new RunningGateway()) {
            var large = gateway.raw(
                    "GET /config HTTP/1.1\nHost: a\nX-Large: %s\nConnection: close\n\n".formatted("x".repeat(17_000)));
            var fits = gateway.raw(
                    "GET /config HTTP/1.1\nHost: a\nX-Large: %s\nConnection: close\n\n".formatted("x".repeat(15_000)));

            assertThat(large).startsWith("HTTP/1.1 400").contains("\"code\":\"bad_request\"");
            assertThat(fits).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void bodies_use_no_more_than_their_configured_memory() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.memory", "16KB"))) {
            var refused = gateway.send(gateway.request("/webhook").POST(BodyPublishers.ofByteArray(new byte[20_000])));

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("\"code\":\"backend_busy\"");
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.send(gateway.request("/webhook").POST(BodyPublishers.ofByteArray(new byte[10_000])))
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void a_burst_of_connections_waits_to_be_accepted() throws Exception {
        try (var gateway = new RunningGateway()) {
            assertThat(gateway.server().getConnectors())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            ServerConnector.class, connector -> assertThat(connector.getAcceptQueueSize())
                                    .isEqualTo(200));
        }
    }

    /** 256 MB are not enough for 2,500 clients that send a byte a second each. */
    @ParameterizedTest
    @CsvSource({"8192,256,1365", "8192,2048,8192", "100,256,100"})
    void connections_are_limited_by_the_heap(int configured, long megabytes, int connections) {
        assertThat(GatewayServer.connections(configured, megabytes << 20)).isEqualTo(connections);
    }

    /** Such as the browser of a site that may use the customers API sends. */
    @Test
    void preflight_requests_are_limited() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.origins",
                List.of("https://shop.example.com"),
                "growalert.gateway.routes.customers.requests",
                1,
                "growalert.gateway.routes.customers.per",
                "1h"))) {
            var preflight = gateway.request("/config")
                    .method("OPTIONS", BodyPublishers.noBody())
                    .header("Origin", "https://shop.example.com")
                    .header("Access-Control-Request-Method", "GET");

            var allowed = gateway.send(preflight);
            var refused = gateway.send(preflight);

            assertThat(allowed.statusCode()).isEqualTo(200);
            assertThat(allowed.headers().firstValue("Date")).isPresent();
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(gateway.get("/config").statusCode()).isEqualTo(200);
        }
    }
}
