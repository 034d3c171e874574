package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A truncated response of a backend is never passed on as a complete one. */
@ExtendWith(OutputCaptureExtension.class)
class BrokenOffTest {
    /** Of a response, in bytes; zero is a response without a length. */
    private static final long LONG = 1_000_000;

    @ParameterizedTest
    @ValueSource(longs = {0, LONG})
    void a_truncated_response_is_visibly_truncated(long length, CapturedOutput output) throws Exception {
        var read = new CountDownLatch(1);
        try (var gateway = new RunningGateway()) {
            gateway.billing.answers(exchange -> {
                start(exchange, length);
                hold(read);
                throw new IOException("gone");
            });

            try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write("GET /config HTTP/1.1\r\nHost: a\r\nX-Request-Id: broken-1\r\n\r\n".getBytes(US_ASCII));
                var all = new StringBuilder();
                while (all.indexOf("half of it") < 0) {
                    all.append((char) socket.getInputStream().read());
                }
                read.countDown();
                all.append(new String(socket.getInputStream().readAllBytes(), US_ASCII));
                // the last chunk has no length
                assertThat(all.toString()).startsWith("HTTP/1.1 200").doesNotContain("\r\n0\r\n");
            }
            await().untilAsserted(() -> assertThat(output.getAll().lines().filter(line -> line.contains("broken-1")))
                    .singleElement()
                    .asString()
                    .contains("status=\"200\"", "brokenOff=\"backend\""));
            assertThat(output.getAll()).doesNotContain("Exception");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, LONG, 100})
    void a_response_truncated_before_its_first_byte_was_passed_on_is_a_bad_gateway(long length) throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, length);
                exchange.getResponseBody().flush();
                throw new IOException("gone");
            });

            var response = gateway.get("/config");

            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(response.body()).contains("\"code\":\"backend_failed\"");
        }
    }

    /** It sends a byte before each idle timeout, and never completes. */
    @Test
    void a_response_that_trickles_is_cut_at_the_deadline() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.routes.customers.longest", "200ms"))) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, LONG);
                trickle(exchange);
            });

            assertThatThrownBy(() -> gateway.get("/config")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_short_response_that_trickles_is_a_timeout() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.routes.customers.longest", "200ms"))) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, 60_000);
                trickle(exchange);
            });

            assertThat(gateway.get("/config").statusCode()).isEqualTo(504);
        }
    }

    @Test
    void a_response_without_a_length_that_trickles_is_cut_at_the_deadline() throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.routes.customers.longest", "200ms"))) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, 0);
                trickle(exchange);
            });

            assertThatThrownBy(() -> gateway.get("/config")).isInstanceOf(IOException.class);
        }
    }

    private static void start(HttpExchange exchange, long length) throws IOException {
        exchange.sendResponseHeaders(200, length);
        exchange.getResponseBody().write("half of it".getBytes(US_ASCII));
        exchange.getResponseBody().flush();
    }

    private static void trickle(HttpExchange exchange) throws IOException {
        var never = new CountDownLatch(1);
        while (true) {
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            hold(never, 20);
        }
    }

    private static void hold(CountDownLatch latch) throws IOException {
        hold(latch, 10_000);
    }

    private static void hold(CountDownLatch latch, long milliseconds) throws IOException {
        try {
            latch.await(milliseconds, java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** A backend that responds once on each connection, and closes it without notice: at once, or at the next request. */
    private static final class Forgetful implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        private final boolean readsOn;
        final List<String> asked = new CopyOnWriteArrayList<>();

        Forgetful(boolean readsOn) throws IOException {
            this.readsOn = readsOn;
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        var accepted = server.accept();
                        Thread.ofVirtual().start(() -> answer(accepted));
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
        }

        private void answer(Socket accepted) {
            try (var socket = accepted) {
                var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
                if (reads(lines)) {
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII));
                }
                if (readsOn) {
                    reads(lines);
                }
            } catch (IOException e) {
                // the test is over
            }
        }

        private boolean reads(BufferedReader lines) throws IOException {
            var first = lines.readLine();
            if (first == null) {
                return false;
            }
            asked.add(first);
            var line = lines.readLine();
            while (line != null && !line.isEmpty()) {
                line = lines.readLine();
            }
            return true;
        }

        RunningGateway gateway() throws IOException {
            return new RunningGateway(Map.of(
                    "growalert.gateway.backends.billing.url",
                    "http://127.0.0.1:" + server.getLocalPort(),
                    "growalert.gateway.breaker.calls",
                    1000));
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @Test
    void a_connection_that_the_backend_closed_does_not_fail_a_request_or_execute_it_twice() throws Exception {
        try (var backend = new Forgetful(false);
                var gateway = backend.gateway()) {
            for (int i = 0; i < 50; i++) {
                assertThat(gateway.get("/config?" + i).statusCode()).isEqualTo(200);
            }
            for (int i = 0; i < 50; i++) {
                gateway.send(gateway.request("/charge?" + i).POST(BodyPublishers.noBody()));
            }

            assertThat(backend.asked).doesNotHaveDuplicates();
            assertThat(backend.asked.stream().filter(line -> line.startsWith("GET")))
                    .hasSize(50);
        }
    }

    /** The backend received the request, and may have executed it. */
    @Test
    void a_request_that_may_have_been_executed_is_not_retried_and_a_read_is() throws Exception {
        try (var backend = new Forgetful(true);
                var gateway = backend.gateway()) {
            assertThat(gateway.get("/config").statusCode()).isEqualTo(200);

            assertThat(gateway.send(gateway.request("/charge").POST(BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(502);
            assertThat(backend.asked).containsExactly("GET /config HTTP/1.1", "POST /charge HTTP/1.1");

            assertThat(gateway.get("/config").statusCode()).isEqualTo(200);
            assertThat(gateway.get("/subscription").statusCode()).isEqualTo(200);
            assertThat(backend.asked.stream().filter(line -> line.startsWith("GET /subscription")))
                    .hasSize(2);
        }
    }
}
