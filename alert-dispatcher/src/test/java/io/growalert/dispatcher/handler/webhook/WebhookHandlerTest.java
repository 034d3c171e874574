package io.growalert.dispatcher.handler.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Secret;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.RetryAfter;
import io.growalert.dispatcher.template.SloppyServer;
import io.growalert.events.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookHandlerTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile Map<String, String> answerHeaders = Map.of();
    private volatile byte[] answer = {};

    private record Request(Map<String, List<String>> headers, String body) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().getFirst())
                    .findFirst()
                    .orElse("(none)");
        }
    }

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(new Request(
                    Map.copyOf(exchange.getRequestHeaders()),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            answerHeaders.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Test
    void posts_the_unchanged_event_of_the_topic_and_signs_it() throws Exception {
        var outcome = webhook("secret: " + SECRET).deliver(notification());

        assertThat(outcome).isEqualTo(new Outcome.Delivered("HTTP 200"));
        var request = requests.getFirst();
        assertThat(request.body()).isEqualTo(notification().body());
        assertThat(request.header("content-type")).isEqualTo("application/json");
        assertThat(request.header("webhook-id")).isEqualTo("delivery-1");
        long timestamp = Long.parseLong(request.header("webhook-timestamp"));
        assertThat(Duration.between(Instant.ofEpochSecond(timestamp), Instant.now()))
                .isLessThan(Duration.ofMinutes(1));
        var key = SigningKey.read(new Secret(SECRET)).orElseThrow();
        assertThat(request.header("webhook-signature")).isEqualTo(key.sign("delivery-1", timestamp, request.body()));
    }

    @Test
    void signs_as_the_standard_webhooks_libraries_do() {
        var key = SigningKey.read(new Secret(SECRET)).orElseThrow();

        var signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}");

        assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void an_attempt_has_the_status_and_the_answer_without_secrets() throws Exception {
        status = 403;
        answer = "{\"error\": \"token s3cr3t-t0ken\nis unknown\"}".getBytes(UTF_8);

        var answered = webhook("headers: {Authorization: Bearer s3cr3t-t0ken}").attempt(notification());

        assertThat(answered.outcome()).isInstanceOf(Outcome.Refused.class);
        assertThat(answered.status()).isEqualTo(403);
        assertThat(answered.answer()).isEqualTo("{\"error\": \"token *** is unknown\"}");
    }

    @Test
    void an_attempt_without_a_response_has_no_status() throws Exception {
        var handler = webhook("");
        server.stop(0);

        var answered = handler.attempt(notification());

        assertThat(answered.outcome()).isInstanceOf(Outcome.Retry.class);
        assertThat(answered.status()).isNull();
        assertThat(answered.answer()).isNull();
    }

    @Test
    void without_a_secret_nothing_is_signed() throws Exception {
        webhook("headers: {Authorization: Bearer abc}").deliver(notification());

        assertThat(requests.getFirst().header("webhook-signature")).isEqualTo("(none)");
        assertThat(requests.getFirst().header("authorization")).isEqualTo("Bearer abc");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204})
    void every_success_is_delivered(int code) throws Exception {
        status = code;

        assertThat(webhook("").deliver(notification())).isEqualTo(new Outcome.Delivered("HTTP " + code));
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void a_temporary_failure_is_retried(int code) throws Exception {
        status = code;

        assertThat(webhook("").deliver(notification())).isEqualTo(new Outcome.Retry("HTTP " + code));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 405, 410, 422})
    void a_permanent_failure_is_rejected_and_redirects_are_not_followed(int code) throws Exception {
        status = code;
        answerHeaders = Map.of("Location", url());

        assertThat(webhook("").deliver(notification())).isEqualTo(new Outcome.Rejected("HTTP " + code));
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 409, 425})
    void a_status_that_a_deployment_may_end_is_refused_temporarily(int code) throws Exception {
        status = code;
        answerHeaders = Map.of("Retry-After", "17");

        assertThat(webhook("").deliver(notification()))
                .isEqualTo(new Outcome.Refused("HTTP " + code, Optional.of(Duration.ofSeconds(17))));
    }

    @Test
    void retry_after_is_honoured() throws Exception {
        status = 429;
        answerHeaders = Map.of("Retry-After", "17");

        assertThat(webhook("").deliver(notification()))
                .isEqualTo(new Outcome.Retry("HTTP 429", Optional.of(Duration.ofSeconds(17))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | PT0S",
                "120 | PT2M",
                "Tue, 24 Nov 2026 07:01:00 GMT | PT1M",
                "Tue, 24 Nov 2026 06:00:00 GMT | PT0S"
            })
    void retry_after_is_seconds_or_a_date(String text, Duration expected) {
        assertThat(RetryAfter.parse(text, AlertEvents.START)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5"})
    void anything_else_in_retry_after_is_ignored(String text) {
        assertThat(RetryAfter.parse(text, AlertEvents.START)).isEmpty();
    }

    @Test
    void an_unreachable_server_is_retried() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        var outcome = open("{url: 'http://127.0.0.1:%d/'}".formatted(port)).deliver(notification());

        assertThat(outcome).isInstanceOf(Outcome.Retry.class);
    }

    @Test
    void a_204_that_announces_a_body_is_delivered() throws Exception {
        try (var sloppy = new SloppyServer("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}")) {
            var answered = open("{url: '%s'}".formatted(sloppy.url())).attempt(notification());

            assertThat(answered.outcome()).isEqualTo(new Outcome.Delivered("HTTP 204"));
            assertThat(answered.status()).isEqualTo(204);
        }
    }

    @Test
    void an_answer_that_is_no_http_is_retried() throws Exception {
        try (var broken = new SloppyServer("HTTP/1.1 2x4\r\n\r\n")) {
            assertThat(open("{url: '%s'}".formatted(broken.url())).deliver(notification()))
                    .isInstanceOf(Outcome.Retry.class);
        }
    }

    @Test
    void a_server_that_times_out_is_retried() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var handler = open("{url: 'http://127.0.0.1:%d/', timeout: 100ms}".formatted(silent.getLocalPort()));

            assertThat(handler.deliver(notification())).isInstanceOf(Outcome.Retry.class);
        }
    }

    @Test
    void of_a_long_response_only_the_beginning_is_read() throws Exception {
        answer = new byte[10 * 1024 * 1024];

        assertThat(webhook("").deliver(notification())).isEqualTo(new Outcome.Delivered("HTTP 200"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | url",
                "{url: 'ftp://example.com'} | url",
                "{url: 'nonsense with spaces'} | url",
                "{url: 'http://a.example/', secret: abc} | secret",
                "{url: 'http://a.example/', secret: 'whsec_%%%'} | secret",
                "{url: 'http://a.example/', headers: {webhook-id: x}} | headers.webhook-id",
                "{url: 'http://a.example/', headers: {Host: x}} | headers.Host",
                "{url: 'http://a.example/', timeout: 1h} | timeout"
            })
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(problems(settings)).extracting(DefinitionProblem::key).containsExactly("webhook." + key);
    }

    private String url() {
        return "http://127.0.0.1:%d/hook".formatted(server.getAddress().getPort());
    }

    private Handler webhook(String more) {
        return open("{url: '%s'%s}".formatted(url(), more.isEmpty() ? "" : ", " + more));
    }

    private static Handler open(String settings) {
        var problems = new Problems();
        var root = DefinitionFile.parse("test.yml", "webhook: " + settings, new Variables(Map.of()), problems)
                .orElseThrow();
        var config = new WebhookType().read(root.section("webhook").orElseThrow(), MailServer.local());
        assertThat(problems.inOrder()).isEmpty();
        return config.orElseThrow().open();
    }

    private static List<DefinitionProblem> problems(String settings) {
        var problems = new Problems();
        var section = DefinitionFile.parse("test.yml", "webhook: " + settings, new Variables(Map.of()), problems)
                .flatMap(root -> root.section("webhook"))
                .orElseThrow();
        var config = new WebhookType().read(section, MailServer.local());
        section.finish();
        assertThat(config.isEmpty() || !problems.isEmpty()).isTrue();
        return problems.inOrder();
    }

    private static Notification notification() {
        var event = AlertEvents.of("room-co2", "ops").firing(0);
        return new Notification("delivery-1", "ops", event, new String(Json.write(event), UTF_8));
    }
}
