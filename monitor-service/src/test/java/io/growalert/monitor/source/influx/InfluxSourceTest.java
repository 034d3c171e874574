package io.growalert.monitor.source.influx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.growalert.definitions.Secret;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError.Kind;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.SourceException;
import io.growalert.monitor.source.StallingProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server whose responses and timeouts a test sets. */
@Timeout(60)
class InfluxSourceTest {
    private static final Instant FROM = Instant.parse("2026-11-24T07:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-24T07:05:00Z");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String SELECT = "SELECT last(a) FROM b WHERE time > :from AND time <= :to";

    private record Request(
            String target, String body, @Nullable String authorization) {}

    @SuppressWarnings("NullAway.Init") // set before every test
    private HttpServer server;

    private final CompletableFuture<Request> requested = new CompletableFuture<>();
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop(0);
    }

    private void answer(int status, byte[] body, int announced) {
        server.createContext("/", exchange -> {
            requested.complete(new Request(
                    exchange.getRequestURI().toString(),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8),
                    exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.sendResponseHeaders(status, announced);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private void answer(int status, String body) {
        answer(status, body.getBytes(UTF_8), 0);
    }

    private void hang() {
        server.createContext("/", exchange -> {
            requested.complete(new Request(exchange.getRequestURI().toString(), "", null));
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
    }

    private InfluxConfig config(int port) {
        return new InfluxConfig(
                "http://127.0.0.1:%d/".formatted(port), new Secret("s3cret"), null, null, "sensors", "week", "farm");
    }

    private InfluxConfig config() {
        return config(server.getAddress().getPort());
    }

    private static List<Row> ask(InfluxConfig config, @Nullable String language, String text, Duration timeout)
            throws Exception {
        try (var source = config.open()) {
            return source.query(new Query("m", language, text, FROM, TO, timeout));
        }
    }

    private List<Row> flux(String text) throws Exception {
        return ask(config(), "flux", text, LONG);
    }

    private static void fails(InfluxConfig config, Duration timeout, Kind kind, String message) {
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> ask(config, null, SELECT, timeout))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void requests_json_with_the_window_as_literals_and_the_token_in_its_header() throws Exception {
        answer(200, "{\"results\": [{\"statement_id\": 0}]}");

        assertThat(ask(config(), null, SELECT, LONG)).isEmpty();

        assertThat(requested.join())
                .isEqualTo(new Request(
                        "/query?db=sensors&rp=week",
                        "q=SELECT%20last%28a%29%20FROM%20b%20WHERE%20time%20%3E%20%272026-11-24T07%3A00%3A00Z%27"
                                + "%20AND%20time%20%3C%3D%20%272026-11-24T07%3A05%3A00Z%27",
                        "Token s3cret"));
    }

    @Test
    void gives_values_as_they_came() throws Exception {
        answer(200, """
                {"results": [{"statement_id": 0, "series": [{"name": "b", "columns": ["time", "n", "f", "last"], "values": [
                    ["2026-11-24T07:00:00Z", 1, 0.5, 12345678901], ["2026-11-24T07:00:00Z", null, "", "text"],
                    ["2026-11-24T07:00:00Z", 1e3, true, false], ["2026-11-24T07:00:00Z", null, null, null]]}]}]}
                """);

        assertThat(ask(config(), null, SELECT, LONG))
                .containsExactly(
                        new Row(Map.of("n", "1", "f", "0.5"), 12345678901L),
                        new Row(Map.of(), "text"),
                        new Row(Map.of("n", "1000", "f", "true"), false),
                        new Row(Map.of(), null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"results\": [{\"statement_id\": 0, \"error\": \"no such\"}]} | QUERY | no such",
                "200 | {\"error\": \"timeout\"} | QUERY | timeout",
                "200 | {\"results\": [{\"series\": [{\"columns\": [\"time\", \"a\"], \"values\": [], \"partial\": true}]}]} | QUERY | cut the answer at its limit",
                "200 | {\"results\": [{\"series\": [{\"columns\": [\"time\"], \"values\": []}]}]} | QUERY | no column but the time",
                "200 | {\"results\": [{\"ser | SOURCE | not JSON, or was cut off",
                "200 | {} | SOURCE | not the answer of an InfluxDB",
                "200 | <html>a proxy</html> | SOURCE | not JSON",
                "400 | {\"error\": \"error parsing query\"} | QUERY | InfluxDB answered 400: error parsing query",
                "404 | {\"code\": \"not found\", \"message\": \"no bucket\"} | QUERY | InfluxDB answered 404: no bucket",
                "401 | {\"code\": \"unauthorized\", \"message\": \"unauthorized access\"} | SOURCE | InfluxDB answered 401: unauthorized access",
                "403 | forbidden | SOURCE | InfluxDB answered 403: forbidden",
                "503 | <html>down</html> | SOURCE | InfluxDB answered 503: <html>down</html>",
            })
    void maps_a_response_to_a_failure(int status, String body, Kind kind, String message) {
        answer(status, body);
        fails(config(), LONG, kind, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"results\": [{\"statement_id\": 0, \"error\": \"query-timeout limit exceeded\"}]}",
                "200 | {\"results\": [{\"statement_id\": 0, \"error\": \"query interrupted\"}]}",
                "500 | {\"code\": \"internal error\", \"message\": \"context deadline exceeded\"}",
            })
    void a_query_that_the_server_canceled_is_a_timeout_and_an_answer(int status, String body) {
        answer(status, body);
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> ask(config(), null, SELECT, LONG))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT))
                .satisfies(e -> assertThat(e.isAnswer()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 401})
    void any_answer_to_a_ping_proves_that_the_server_is_alive(int status) throws Exception {
        server.createContext("/ping", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        try (var source = config().open()) {
            source.probe(LONG);
        }
    }

    @Test
    void a_silent_peer_answers_no_probe() throws Exception {
        try (var peer = StallingProxy.silent();
                var source = config(peer.port()).open()) {
            assertThatExceptionOfType(SourceException.class).isThrownBy(() -> source.probe(SHORT));
        }
    }

    @Test
    void rejects_an_empty_response() {
        answer(200, "");
        fails(config(), LONG, Kind.SOURCE, "not");
    }

    @Test
    void rejects_a_truncated_response() {
        var body = "{\"results\": [{\"statement_id\": 0}]}".getBytes(UTF_8);
        answer(200, body, body.length + 1);
        fails(config(), LONG, Kind.SOURCE, "InfluxDB is unreachable: unexpected end of stream");
    }

    @Test
    void refuses_an_answer_that_is_too_large() {
        answer(200, new byte[(int) InfluxSource.MAX_BYTES + 1], 0);
        fails(config(), LONG, Kind.QUERY, "the answer has more than 32 MiB");
    }

    @Test
    void reports_a_refused_connection_at_once() {
        int port = server.getAddress().getPort();
        server.stop(0);
        fails(config(port), LONG, Kind.SOURCE, "InfluxDB is unreachable: Failed to connect to /127.0.0.1:" + port);
    }

    @Test
    void ends_a_slow_query_at_its_timeout() {
        hang();
        fails(config(), SHORT, Kind.TIMEOUT, "InfluxDB timed out");
    }

    @Test
    void does_not_wait_longer_for_a_silent_peer_than_the_timeout() throws Exception {
        try (var peer = StallingProxy.silent()) {
            fails(config(peer.port()), SHORT, Kind.TIMEOUT, "InfluxDB timed out");
        }
    }

    @Test
    void does_not_wait_longer_for_the_rest_of_an_answer_than_the_timeout() {
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("{\"results\": ".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        fails(config(), SHORT, Kind.TIMEOUT, "InfluxDB timed out");
    }

    @Test
    void an_interrupt_ends_the_wait_at_once() throws Exception {
        hang();
        var outcome = new CompletableFuture<List<Row>>();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(ask(config(), null, SELECT, LONG));
            } catch (Exception e) {
                outcome.completeExceptionally(e);
            }
        });
        requested.get(60, TimeUnit.SECONDS);

        thread.interrupt();

        assertThat(outcome)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void reads_tables_of_flux_by_their_group_key() throws Exception {
        answer(200, resource("flux-rows.csv"), 0);

        assertThat(flux("from(bucket: \"sensors\") |> range(start: :from, stop: :to) |> last()"))
                .containsExactly(
                        new Row(Map.of("_field", "ppm", "_measurement", "co2", "room", "r1"), 1200.5),
                        new Row(Map.of("_field", "ppm", "_measurement", "co2", "room", "r2, west"), 600.0),
                        new Row(Map.of("_field", "count", "_measurement", "co2", "room", "r1"), 7L));

        assertThat(requested.join().target()).isEqualTo("/api/v2/query?org=farm");
        assertThat(requested.join().body())
                .contains("range(start: 2026-11-24T07:00:00Z, stop: 2026-11-24T07:05:00Z)")
                .contains("datatype", "group", "default");
    }

    @Test
    void answers_no_rows_when_flux_sends_no_table() throws Exception {
        answer(200, "\r\n");
        assertThat(flux("from(bucket: \"sensors\")")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "flux-error.csv, QUERY, 'Failed to parse query'",
        "flux-no-value.csv, QUERY, 'a table has no column named _value, only result, table, room, mean'",
        "flux-no-annotations.csv, SOURCE, 'the answer is not annotated CSV: '",
    })
    void maps_a_response_of_flux_to_a_failure(String file, Kind kind, String message) throws Exception {
        answer(200, resource(file), 0);
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> flux("from(bucket: \"sensors\")"))
                .withMessageStartingWith(message)
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private static byte[] resource(String name) throws IOException {
        try (var file = InfluxSourceTest.class.getResourceAsStream(name)) {
            assertThat(file).as(name).isNotNull();
            return file.readAllBytes();
        }
    }
}
