package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Deadlines and permits of the streams of an HTTP/2 connection. */
@ExtendWith(OutputCaptureExtension.class)
class Http2Test {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private RunningGateway gateway(Map<String, Object> settings) throws Exception {
        return new RunningGateway(TestTls.settings(folder, settings));
    }

    private static HttpRequest get(RunningGateway gateway, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + path))
                .build();
    }

    private static HttpClient client() throws Exception {
        return HttpClient.newBuilder()
                .version(Version.HTTP_2)
                .sslContext(TestTls.trusting())
                .build();
    }

    @Test
    void an_answer_may_take_longer_than_a_client_may_be_silent() throws Exception {
        var never = new CountDownLatch(1);
        try (var gateway = gateway(Map.of("server.jetty.connection-idle-timeout", "100ms"));
                var client = client()) {
            gateway.billing.answers(exchange -> {
                if (exchange.getRequestURI().getPath().equals("/subscription")) {
                    StubBackend.answer(exchange, 200, "other");
                    return;
                }
                hold(never, 600);
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('a');
                exchange.getResponseBody().flush();
                hold(never, 600);
                exchange.getResponseBody().write('b');
            });
            var slow = client.sendAsync(get(gateway, "/config"), BodyHandlers.ofString());

            // Jetty looks for idle streams when another one begins
            await().until(() -> {
                client.send(get(gateway, "/subscription"), BodyHandlers.ofString());
                return slow.isDone();
            });

            var answer = slow.join();
            assertThat(answer.version()).isEqualTo(Version.HTTP_2);
            assertThat(answer.body()).isEqualTo("ab");
        }
    }

    /** Such a client may have many streams. */
    @Test
    void a_client_that_reads_nothing_of_a_short_answer_occupies_no_permit() throws Exception {
        try (var gateway = gateway(Map.of("growalert.gateway.backends.billing.connections", 1));
                var client = client()) {
            double free = memory(gateway);
            try (var raw = new RawHttp2(gateway.port())) {
                for (int stream = 1; stream <= 5; stream += 2) {
                    raw.request(stream, "POST", "/webhook");
                    raw.await(RawHttp2.HEADERS, stream);
                }
                assertThat(memory(gateway)).isEqualTo(free - 3 * "ok".length());

                var answer = client.send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + "/webhook"))
                                .POST(BodyPublishers.ofString("{}"))
                                .build(),
                        BodyHandlers.ofString());

                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(gateway.billing.count()).isEqualTo(4);
            }
            await().until(() -> memory(gateway) == free);
        }
    }

    /** Its memory is counted as free again when the backend has answered. */
    @Test
    void a_client_that_reads_nothing_of_an_answer_occupies_no_memory_with_its_request() throws Exception {
        int length = 500_000;
        int streams = 60;
        long half = 15_000_000;
        try (var gateway = gateway(
                        Map.of("server.jetty.connection-idle-timeout", "10m", "growalert.gateway.slowest", "10m"));
                var raw = new RawHttp2(gateway.port())) {
            raw.request(1, "/webhook", length);
            raw.await(RawHttp2.HEADERS, 1);
            long before = heap();

            for (int stream = 3; stream <= 2 * streams; stream += 2) {
                raw.request(stream, "/webhook", length);
                raw.await(RawHttp2.HEADERS, stream);
            }

            assertThat(gateway.billing.last().body()).hasSize(length);
            gateway.billing.forget();
            await().until(() -> heap() - before < half);
        }
    }

    /** In bytes: what is reachable. */
    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static double memory(RunningGateway gateway) {
        return gateway.part(MeterRegistry.class)
                .get("growalert.gateway.memory.free")
                .gauge()
                .value();
    }

    @Test
    void the_deadline_of_one_exchange_leaves_the_connection_open() throws Exception {
        try (var gateway = gateway(Map.of("growalert.gateway.slowest", "10m"));
                var raw = new RawHttp2(gateway.port())) {
            raw.request(1, "GET", "/config");
            raw.await(RawHttp2.HEADERS, 1);

            gateway.part(Connections.class)
                    .endWhatIsDue(System.nanoTime() + Duration.ofMinutes(11).toNanos());

            raw.await(RawHttp2.RESET, 1);
            raw.request(3, "GET", "/config");
            raw.await(RawHttp2.HEADERS, 3);
        }
    }

    /** Jetty's idle timeout of a stream occurs once, and no failure of the stream is reported after it. */
    @Test
    void an_upload_that_goes_silent_ends_alone(CapturedOutput output) throws Exception {
        try (var gateway = gateway(Map.of("server.jetty.connection-idle-timeout", "200ms"));
                var raw = new RawHttp2(gateway.port())) {
            raw.upload(1, "/webhook");
            raw.open(1);
            raw.await(RawHttp2.DATA, 1);
            raw.reset(1);
            raw.ping();
            raw.await(RawHttp2.PING, 0);
            var connections = gateway.part(Connections.class);

            connections.endWhatIsDue(System.nanoTime() + Duration.ofSeconds(60).toNanos());
            connections.endWhatIsDue(System.nanoTime() + Duration.ofSeconds(80).toNanos());

            raw.request(3, "GET", "/config");
            raw.await(RawHttp2.HEADERS, 3);
            assertThat(answered(output, "route=\"webhook\"")).containsExactly("408");
        }
    }

    @Test
    void a_request_that_its_client_breaks_off_at_once_is_no_internal_error(CapturedOutput output) throws Exception {
        try (var gateway = gateway(Map.of());
                var raw = new RawHttp2(gateway.port())) {
            raw.requestAndReset(1, "/config");
            raw.request(3, "GET", "/config");
            raw.await(RawHttp2.HEADERS, 3);

            await().untilAsserted(() ->
                    assertThat(answered(output, "brokenOff=\"client\"")).containsExactly("400"));
            assertThat(output.getAll()).doesNotContain("internal error");
        }
    }

    /** The statuses in the lines of the access log that contain this. */
    private static List<String> answered(CapturedOutput output, String key) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("gateway.access") && line.contains(key))
                .map(line -> line.replaceAll(".* status=\"(\\d+)\".*", "$1"))
                .toList();
    }

    @Test
    void the_headers_of_a_later_request_have_a_deadline_too() throws Exception {
        try (var gateway = gateway(Map.of("growalert.gateway.slowest", "1s"));
                var raw = new RawHttp2(gateway.port())) {
            raw.request(1, "HEAD", "/config");
            raw.await(RawHttp2.HEADERS, 1);

            raw.beginHeaders(3);

            await().until(() -> {
                try {
                    raw.continueHeaders(3);
                    return false;
                } catch (SocketException | SSLException e) {
                    return true;
                }
            });
        }
    }

    @Test
    void frames_without_a_request_do_not_end_a_connection() throws Exception {
        try (var gateway = gateway(Map.of());
                var raw = new RawHttp2(gateway.port())) {
            raw.request(1, "GET", "/config");
            raw.await(RawHttp2.HEADERS, 1);
            raw.ping();
            raw.await(RawHttp2.PING, 0);
            var connections = gateway.part(Connections.class);

            connections.endWhatIsDue(System.nanoTime() + Duration.ofSeconds(1).toNanos());
            connections.endWhatIsDue(System.nanoTime() + Duration.ofSeconds(10).toNanos());

            raw.request(3, "GET", "/config");
            raw.await(RawHttp2.HEADERS, 3);
        }
    }

    /** A handshake is no request. */
    @Test
    void a_connection_without_a_request_is_closed_in_time() throws Exception {
        try (var gateway = gateway(
                        Map.of("server.jetty.connection-idle-timeout", "3s", "growalert.gateway.slowest", "10m"));
                var socket = TestTls.trusting().getSocketFactory().createSocket("localhost", gateway.port())) {
            socket.setSoTimeout(30_000);
            ((SSLSocket) socket).startHandshake();

            assertThat(isClosed(socket)).isTrue();
        }
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException | SSLException e) {
            return true;
        }
    }

    private static void hold(CountDownLatch latch, long milliseconds) {
        try {
            latch.await(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
