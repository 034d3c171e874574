package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import io.growalert.runtime.http.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Server-sent events of the history-service through the gateway. */
@Timeout(120)
class LiveTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String BEAT = "event: beat\ndata: {}\n\n";
    private static final String BYE = "event: bye\ndata: {}\n\n";
    private static final String END = "end";

    /** What the service sends to each stream, one after the other. */
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private final CountDownLatch brokenOff = new CountDownLatch(1);
    private StubBackend history;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private RunningGateway gateway;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        history = new StubBackend();
        history.answers(this::stream);
    }

    @AfterEach
    void stop() {
        events.add(END);
        gateway.close();
        history.close();
    }

    private void start(Map<String, Object> settings) throws IOException {
        var all = new HashMap<String, Object>(Map.of("growalert.gateway.history-url", history.url()));
        all.putAll(settings);
        gateway = new RunningGateway(all);
    }

    private void stream(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        var out = exchange.getResponseBody();
        out.flush();
        try {
            for (var next = events.take(); !next.equals(END); next = events.take()) {
                out.write(next.getBytes(UTF_8));
                out.flush();
            }
        } catch (IOException e) {
            brokenOff.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<InputStream> open() throws IOException, InterruptedException {
        var answer = gateway.client.send(gateway.asOperator("/api/live").build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer;
    }

    private static String read(InputStream stream, String event) throws IOException {
        return new String(stream.readNBytes(event.length()), UTF_8);
    }

    @Test
    void a_stream_opens_at_once_and_each_event_arrives_as_it_is_sent() throws Exception {
        start(Map.of());

        // no event was sent yet
        var answer = open();
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(history.last().header("Authorization")).startsWith("Bearer ey");
        try (var stream = answer.body()) {
            for (int i = 0; i < 3; i++) {
                var event = "event: change\ndata: {\"results\": %d}\n\n".formatted(i);
                events.add(event);
                assertThat(read(stream, event)).isEqualTo(event);
            }
            events.add(END);
            assertThat(stream.read()).isEqualTo(-1);
        }
    }

    @Test
    void a_stream_outlasts_the_time_limits_of_a_request_and_has_its_own() throws Exception {
        start(Map.of("growalert.gateway.routes.api.timeout", "1s", "server.jetty.connection-idle-timeout", "300ms"));
        try (var stream = open().body()) {
            gateway.dispatcher.answers(exchange -> {
                try {
                    brokenOff.await(60, SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            // a second has passed, which is longer than the idle timeout
            assertThat(gateway.send(gateway.asOperator("/api/mutes")).statusCode())
                    .isEqualTo(504);
            var connections = gateway.part(Connections.class);
            connections.endWhatIsDue(System.nanoTime() + Duration.ofMinutes(16).toNanos());

            events.add(BEAT);
            assertThat(read(stream, BEAT)).isEqualTo(BEAT);

            connections.endWhatIsDue(System.nanoTime() + Duration.ofMinutes(21).toNanos());
            assertThatThrownBy(stream::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_stop_of_the_gateway_ends_streams_first_and_does_not_wait_for_the_service() throws Exception {
        start(Map.of("spring.lifecycle.timeout-per-shutdown-phase", "10m"));
        try (var stream = open().body();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            events.add(BEAT);
            assertThat(read(stream, BEAT)).isEqualTo(BEAT);

            var stopping = threads.submit(gateway::stop);

            assertThat(new String(stream.readAllBytes(), UTF_8)).isEqualTo(BYE);
            stopping.get(60, SECONDS);
        }
    }

    @Test
    void a_stream_of_http_2_leaves_its_connection_to_other_requests_and_ends_alike() throws Exception {
        TestTls.certificate(folder, "live");
        start(Map.of(
                "server.ssl.bundle",
                "web",
                "spring.ssl.bundle.jks.web.keystore.location",
                "file:" + folder.resolve("web.p12"),
                "spring.ssl.bundle.jks.web.keystore.password",
                TestTls.PASSWORD));
        var request = HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + "/api/live"))
                .header("Authorization", "Bearer " + RunningGateway.TOKEN);
        try (var client = HttpClient.newBuilder().sslContext(TestTls.trusting()).build()) {
            var answer = client.send(request.build(), BodyHandlers.ofInputStream());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            try (var stream = answer.body()) {
                events.add(BEAT);
                assertThat(read(stream, BEAT)).isEqualTo(BEAT);
                var other = request.copy().uri(request.build().uri().resolve("/api/mutes"));
                assertThat(client.send(other.build(), BodyHandlers.ofString()).statusCode())
                        .isEqualTo(200);
                events.add(BEAT);
                assertThat(read(stream, BEAT)).isEqualTo(BEAT);

                gateway.stop();

                assertThat(new String(stream.readAllBytes(), UTF_8)).isEqualTo(BYE);
            }
        }
    }

    @Test
    void half_an_event_is_not_completed_by_the_end() throws Exception {
        start(Map.of());
        try (var stream = open().body()) {
            var half = "event: change\ndata: {\"res";
            events.add(half);
            assertThat(read(stream, half)).isEqualTo(half);

            gateway.stop();

            assertThat(stream.readAllBytes()).isEmpty();
        }
    }

    @Test
    void a_client_that_is_gone_ends_the_call_of_the_service() throws Exception {
        start(Map.of());
        open().body().close();

        await().atMost(LONG).untilAsserted(() -> {
            events.add(BEAT);
            assertThat(brokenOff.getCount()).isZero();
        });
        await().atMost(LONG).untilAsserted(() -> assertThat(streams()).isZero());
    }

    @Test
    void the_number_of_streams_is_limited_apart_from_other_requests() throws Exception {
        start(Map.of("growalert.gateway.streams", 1));
        try (var _ = open().body()) {
            var refused = gateway.send(gateway.asOperator("/api/live"));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).contains("\"code\":\"backend_busy\"");
            assertThat(streams()).isEqualTo(1);

            events.add(END);
        }
        await().atMost(LONG).untilAsserted(() -> assertThat(streams()).isZero());
        open().body().close();
    }

    private double streams() {
        return gateway.part(MeterRegistry.class)
                .get("growalert.gateway.streams.open")
                .gauge()
                .value();
    }

    @Test
    void a_revoked_operator_loses_the_stream() throws Exception {
        var file = new OperatorsFile(folder.resolve("operators.json"));
        var token = file.add("ann", Role.VIEWER, Instant.now()).orElseThrow();
        start(Map.of("growalert.gateway.operators-file", folder.resolve("operators.json")));
        var request = gateway.request("/api/live").header("Authorization", "Bearer " + token);
        try (var stream = gateway.client
                .send(request.build(), BodyHandlers.ofInputStream())
                .body()) {
            events.add(BEAT);
            assertThat(read(stream, BEAT)).isEqualTo(BEAT);

            file.revoke("ann");
            var other = gateway.request("/api/mutes").header("Authorization", "Bearer " + token);
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(gateway.send(other).statusCode()).isEqualTo(401));
            events.add(BEAT);

            assertThat(new String(stream.readAllBytes(), UTF_8)).isEqualTo(BYE);
        }
    }

    @Test
    void a_service_that_breaks_off_is_visibly_cut_off_and_one_that_is_away_is_a_problem() throws Exception {
        start(Map.of());
        history.answers(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write(BEAT.getBytes(UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("gone");
        });
        var answer = gateway.raw(
                "GET /api/live HTTP/1.1\nHost: a\nAuthorization: Bearer %s\n\n".formatted(RunningGateway.TOKEN));
        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n" + BEAT);

        history.close();
        assertThat(gateway.send(gateway.asOperator("/api/live")).statusCode()).isEqualTo(503);
    }

    @Test
    void problems_of_the_service_and_wrong_requests_are_answered() throws Exception {
        start(Map.of());
        history.answers(exchange -> StubBackend.answer(exchange, 503, "{\"code\":\"too_many_streams\"}"));

        var answer = gateway.send(gateway.asOperator("/api/live"));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("{\"code\":\"too_many_streams\"}");
        assertThat(gateway.get("/api/live").statusCode()).isEqualTo(401);
        var head = gateway.send(gateway.asOperator("/api/live").HEAD());
        assertThat(head.statusCode()).isEqualTo(405);
        assertThat(head.headers().firstValue("Allow")).hasValue("GET");
    }

    @Test
    void history_has_a_route_and_a_gateway_without_it_says_so() throws Exception {
        start(Map.of());
        history.answers(exchange -> StubBackend.answer(exchange, 200, "[]"));
        assertThat(gateway.send(gateway.asOperator("/api/history/monitors?window=7d"))
                        .body())
                .isEqualTo("[]");
        assertThat(history.last().uri()).isEqualTo("/api/history/monitors?window=7d");
        assertThat(gateway.send(gateway.asOperator("/api/gateway/health")).body())
                .contains("\"history\":");

        try (var without = new RunningGateway()) {
            for (var path : List.of("/api/history/monitors", "/api/history", "/api/live")) {
                assertThat(without.get(path).statusCode()).isEqualTo(401);
                var answer = without.send(without.asOperator(path));
                assertThat(answer.statusCode()).as(path).isEqualTo(503);
                assertThat(answer.body()).contains("\"code\":\"history_not_configured\"");
            }
            assertThat(without.get("/health").body()).isEqualTo("{\"status\":\"UP\"}");
        }
    }

    /** As a browser without HTTP/2 shares the connections of a host: a stream holds only its own. */
    @Test
    void lines_arrive_in_order_however_many_there_are() throws Exception {
        start(Map.of());
        try (var reader = new BufferedReader(new InputStreamReader(open().body(), UTF_8))) {
            for (int i = 0; i < 2_000; i++) {
                events.add("data: %d\n\n".formatted(i));
            }
            events.add(END);

            int expected = 0;
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isEmpty()) {
                    assertThat(line).isEqualTo("data: " + expected);
                    expected++;
                }
            }
            assertThat(expected).isEqualTo(2_000);
        }
    }
}
