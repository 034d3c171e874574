package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A slow client occupies resources for a bounded time, and one address has a bounded number of connections. */
class SlowTest {
    private static final Map<String, Object> SHORT = Map.of("growalert.gateway.slowest", "1s");

    private static Socket connected(RunningGateway gateway, String from) throws IOException {
        var socket = new Socket();
        socket.setSoTimeout(10_000);
        // small, so that unread bytes soon block the sender
        socket.setReceiveBufferSize(4096);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), gateway.port()));
        return socket;
    }

    private static Socket connected(RunningGateway gateway, String from, String request) throws IOException {
        var socket = connected(gateway, from);
        socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(US_ASCII));
        return socket;
    }

    /** Sends one byte with each poll, and reads the available bytes. */
    private static void awaitEnd(Socket socket) {
        await().until(() -> {
            try {
                socket.getOutputStream().write('x');
                while (socket.getInputStream().available() > 0) {
                    socket.getInputStream().read();
                }
                return false;
            } catch (SocketException e) {
                return true;
            }
        });
    }

    private static void readToItsEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketException e) {
            // a reset ends the connection, too
        }
    }

    @Test
    void headers_that_arrive_byte_by_byte_are_a_timeout() throws Exception {
        try (var gateway = new RunningGateway(SHORT);
                var firstLine = connected(gateway, "127.0.0.1", "GET /");
                var header = connected(gateway, "127.0.0.1", "GET /config HTTP/1.1\nHost: a\nX: ")) {
            awaitEnd(firstLine);
            awaitEnd(header);

            assertThat(gateway.billing.count()).isZero();
        }
    }

    @Test
    void blank_lines_do_not_keep_a_connection_open() throws Exception {
        try (var gateway = new RunningGateway(SHORT);
                var socket = connected(gateway, "127.0.0.1")) {
            await().until(() -> {
                try {
                    socket.getOutputStream().write('\n');
                    return false;
                } catch (SocketException e) {
                    return true;
                }
            });
        }
    }

    @Test
    void the_next_request_of_a_persistent_connection_has_its_own_deadline() throws Exception {
        try (var gateway = new RunningGateway(SHORT);
                var socket = connected(gateway, "127.0.0.1", "GET /health HTTP/1.1\nHost: a\n\nGET /he")) {
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 200");

            awaitEnd(socket);
        }
    }

    @Test
    void a_connection_between_two_requests_stays_open_for_longer() throws Exception {
        try (var gateway = new RunningGateway(SHORT);
                var kept = connected(gateway, "127.0.0.1", "HEAD /health HTTP/1.1\nHost: a\n\n");
                var slow = connected(gateway, "127.0.0.1", "GET /")) {
            assertThat(kept.getInputStream().read()).isEqualTo('H');

            awaitEnd(slow);

            kept.getOutputStream()
                    .write("HEAD /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            assertThat(new String(kept.getInputStream().readAllBytes(), US_ASCII))
                    .contains("TTP/1.1 200", "\r\nHTTP/1.1 200");
        }
    }

    @Test
    void the_rest_of_a_refused_body_has_a_deadline() throws Exception {
        try (var gateway = new RunningGateway(SHORT);
                var socket = connected(
                        gateway, "127.0.0.1", "POST /charge HTTP/1.1\nHost: a\nContent-Length: 1000000\n\n")) {
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 413");

            awaitEnd(socket);
        }
    }

    /** Such as by a token that is missing, or in a gateway without billing. */
    @ParameterizedTest
    @CsvSource({"/api/x, 401", "/webhook, 404", "/nothing, 413", "/page-config, 413"})
    void nor_is_that_of_a_body_that_was_refused_before_a_route(String path, int status) throws Exception {
        try (var gateway = new RunningGateway(
                        Map.of("growalert.gateway.slowest", "10m", "growalert.gateway.billing", false));
                var socket = connected(
                        gateway,
                        "127.0.0.1",
                        "POST %s HTTP/1.1\nHost: a\nContent-Length: 1000000\n\n".formatted(path))) {
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 " + status);

            gateway.part(Connections.class)
                    .endWhatIsDue(System.nanoTime() + Duration.ofMinutes(11).toNanos());

            awaitEnd(socket);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/page-config", "/charge"})
    void a_client_that_sends_a_large_body_first_reads_why_it_was_refused(String path) throws Exception {
        int length = 3_000_000;
        try (var gateway = new RunningGateway();
                var socket = connected(
                        gateway,
                        "127.0.0.1",
                        "POST %s HTTP/1.1\nHost: a\nContent-Length: %d\n\n".formatted(path, length))) {
            socket.getOutputStream().write(new byte[length]);

            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void so_does_one_that_waited_until_it_was_invited_to_send() throws Exception {
        try (var gateway = new RunningGateway();
                var socket = connected(
                        gateway,
                        "127.0.0.1",
                        "POST /webhook HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nExpect: 100-continue\n\n")) {
            assertThat(new String(socket.getInputStream().readNBytes(25), US_ASCII))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");

            var out = socket.getOutputStream();
            for (int i = 0; i < 256; i++) {
                out.write("10000\r\n".getBytes(US_ASCII));
                out.write(new byte[1 << 16]);
                out.write("\r\n".getBytes(US_ASCII));
            }
            out.write("0\r\n\r\n".getBytes(US_ASCII));

            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void a_response_that_is_read_byte_by_byte_occupies_no_backend_beyond_its_deadline() throws Exception {
        var released = new CountDownLatch(1);
        try (var gateway = new RunningGateway(Map.of(
                "growalert.gateway.slowest", "200ms",
                "growalert.gateway.routes.customers.longest", "200ms"))) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, 0);
                try {
                    while (true) {
                        exchange.getResponseBody().write(new byte[1 << 16]);
                    }
                } finally {
                    released.countDown();
                }
            });
            try (var socket = connected(gateway, "127.0.0.1", "GET /config HTTP/1.1\nHost: a\n\n")) {
                assertThat(socket.getInputStream().read()).isEqualTo('H');

                assertThat(released.await(60, SECONDS)).isTrue();
                readToItsEnd(socket);
            }
            await().untilAsserted(() -> assertThat(gateway.send(gateway.asOperator("/api/gateway/prometheus"))
                            .body())
                    .contains("growalert_gateway_backend_free{backend=\"billing\",route=\"customers\"} 128.0"));
        }
    }

    @Test
    void the_connections_of_one_address_are_limited() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.connections-per-address", 2));
                var first = connected(gateway, "127.0.0.1", "GET /");
                var second = connected(gateway, "127.0.0.1", "GET /")) {
            // the server may open connections in another order than they were made
            await().until(() -> gateway.part(Connections.class).count() == 2);
            try (var third = connected(gateway, "127.0.0.1")) {
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(answers(gateway, "127.0.0.2")).isTrue();
            second.shutdownOutput();

            await().until(() -> answers(gateway, "127.0.0.1"));
            assertThat(first.isClosed()).isFalse();
        }
    }

    @Test
    void a_trusted_proxy_is_not_limited() throws Exception {
        try (var gateway = new RunningGateway(Map.of(
                        "growalert.gateway.connections-per-address",
                        1,
                        "growalert.gateway.proxies",
                        List.of("127.0.0.1")));
                var first = connected(gateway, "127.0.0.1", "GET /")) {
            assertThat(answers(gateway, "127.0.0.1")).isTrue();
            assertThat(first.isClosed()).isFalse();
        }
    }

    private static boolean answers(RunningGateway gateway, String from) throws IOException {
        try (var socket = connected(gateway, from, "HEAD /health HTTP/1.1\nHost: a\nConnection: close\n\n")) {
            return new String(socket.getInputStream().readAllBytes(), US_ASCII).startsWith("HTTP/1.1 200");
        } catch (SocketException e) {
            return false;
        }
    }
}
