package io.growalert.billing.webhook;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.net.Webhook;
import io.growalert.billing.TestDatabase;
import io.growalert.billing.stripe.WebhookSignature;
import io.growalert.definitions.Secret;
import io.growalert.runtime.loop.Waiter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Real HTTP, a real database; a second instance where there are two. */
class WebhookTest {
    private static final String SECRET = "whsec_test";

    private final TestDatabase database = TestDatabase.migrated();
    private final List<Instance> instances = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebhookSecretHealth health = new WebhookSecretHealth(InstantSource.system());
    private final Instance instance = started();

    private record Instance(Inbox inbox, Server server, ServerConnector connector) {
        int port() {
            return connector.getLocalPort();
        }

        URI webhook() {
            return URI.create("http://127.0.0.1:%d/webhook".formatted(port()));
        }

        void close() throws Exception {
            server.stop();
            inbox.close();
        }
    }

    private Instance started() {
        var meters = new SimpleMeterRegistry();
        var inbox = new Inbox(database.jdbc(), new Waiter(), meters);
        var signature =
                new WebhookSignature(List.of(new Secret(SECRET)), Duration.ofMinutes(5), InstantSource.system());
        var server = new Server();
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        var context = new ServletContextHandler("/");
        context.addServlet(
                new ServletHolder(new WebhookServlet(signature, inbox, health, meters)), WebhookServlet.PATH);
        server.setHandler(context);
        start(server);
        var started = new Instance(inbox, server, connector);
        instances.add(started);
        return started;
    }

    private static void start(Server server) {
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        for (var started : instances) {
            started.close();
        }
        database.close();
    }

    @Test
    void an_event_is_stored_as_it_was_signed() throws Exception {
        var body = event("evt_1", "invoice.paid", "Grünkohl \ud83c\udf31 \\u0000  x");

        var answer = post(instance, body);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(rows())
                .containsExactly(new Row("evt_1", "invoice.paid", 1_790_000_000, "in_1", "cus_1", "received"));
        assertThat(database.jdbc()
                        .sql("select payload from billing.stripe_events")
                        .query(String.class)
                        .single())
                .isEqualTo(body);
    }

    @Test
    void health_is_degraded_until_a_signature_is_valid() throws Exception {
        var body = event("evt_1", "invoice.paid", "");
        var header = Webhook.Signature.generateSignatureHeader(body, "whsec_other");
        for (int i = 0; i < WebhookSecretHealth.FORGED; i++) {
            isRefused(send(request(instance, BodyPublishers.ofString(body), header)), 400, "signature_wrong");
        }
        assertThat(health.health().getStatus().getCode()).isEqualTo("DEGRADED");

        assertThat(post(instance, body).statusCode()).isEqualTo(200);

        assertThat(health.health().getStatus().getCode()).isEqualTo("UP");
    }

    @Test
    void an_event_that_no_record_depends_on_is_stored_and_ignored() throws Exception {
        assertThat(post(instance, event("evt_1", "payout.paid", "")).statusCode())
                .isEqualTo(200);

        assertThat(rows()).extracting(Row::state).containsExactly("ignored");
        assertThat(database.jdbc()
                        .sql("select count(*) from billing.stripe_events where payload is not null")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void no_secret_of_a_payment_is_stored() throws Exception {
        var payment = """
                {"id": "evt_1", "object": "event", "created": 1790000000, "type": "payment_intent.created",
                 "data": {"object": {"id": "pi_1", "object": "payment_intent", "client_secret" : "pi_1_secret_x",
                                     "description": "a \\"client_secret\\": \\"quoted\\"",
                                     "next": {"client_secret":"pi_2_secret_y"}, "client_secret": null}}}
                """;

        assertThat(post(instance, payment).statusCode()).isEqualTo(200);

        var stored = database.jdbc()
                .sql("select payload from billing.stripe_events")
                .query(String.class)
                .single();
        assertThat(stored).doesNotContain("_secret_").contains("quoted");
        assertThat(JsonMapper.shared().readTree(stored).at("/data/object/id").asString())
                .isEqualTo("pi_1");
    }

    @Test
    void a_repeated_event_gets_the_same_answer_and_changes_nothing() throws Exception {
        post(instance, event("evt_1", "invoice.paid", "first"));
        database.jdbc()
                .sql("update billing.stripe_events set state = 'applied', payload = null")
                .update();

        var answer = post(instance, event("evt_1", "invoice.paid", "second"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(rows()).extracting(Row::state).containsExactly("applied");
    }

    @Test
    void a_webhook_without_a_signature_is_rejected() throws Exception {
        var request = HttpRequest.newBuilder(instance.webhook()).POST(BodyPublishers.ofString("{}"));

        isRefused(send(request), 400, "signature_missing");
    }

    @Test
    void a_webhook_with_a_wrong_signature_is_rejected() throws Exception {
        var body = event("evt_1", "invoice.paid", "");
        var header = Webhook.Signature.generateSignatureHeader(body, "whsec_other");

        isRefused(send(request(instance, BodyPublishers.ofString(body), header)), 400, "signature_wrong");
    }

    @Test
    void an_old_or_future_signature_is_rejected() throws Exception {
        var body = event("evt_1", "invoice.paid", "");
        long now = System.currentTimeMillis() / 1_000;

        isRefused(send(request(instance, BodyPublishers.ofString(body), at(now - 400, body))), 400, "signature_old");
        isRefused(send(request(instance, BodyPublishers.ofString(body), at(now + 400, body))), 400, "signature_early");
    }

    private static String at(long time, String body) throws Exception {
        return "t=%d,v1=%s".formatted(time, Webhook.Util.computeHmacSha256(SECRET, time + "." + body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{\"id\": \"evt_1\"}",
                "{\"id\": \"evt_1\", \"object\": \"v2.core.event\", \"type\": \"v1.billing.meter.error\","
                        + " \"created\": \"2026-11-24T07:00:00Z\"}"
            })
    void a_signed_body_that_is_no_event_is_rejected(String body) throws Exception {
        isRefused(post(instance, body), 400, "unreadable");
    }

    @Test
    void an_event_of_exactly_the_largest_size_is_accepted() throws Exception {
        var answer = post(instance, sized(WebhookServlet.MAX_BYTES));

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void a_larger_body_is_rejected_with_or_without_a_length() throws Exception {
        var body = sized(WebhookServlet.MAX_BYTES + 1);
        var header = Webhook.Signature.generateSignatureHeader(body, SECRET);
        var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(UTF_8)));

        isRefused(post(instance, body), 413, "too_large");
        isRefused(send(request(instance, chunked, header)), 413, "too_large");
    }

    @Test
    void an_endless_body_is_rejected_without_reading_on() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), instance.port())) {
            var out = socket.getOutputStream();
            out.write("""
                    POST /webhook HTTP/1.1\r
                    Host: localhost\r
                    Stripe-Signature: t=1,v1=00\r
                    Transfer-Encoding: chunked\r
                    \r
                    """.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(US_ASCII));
            var sending = CompletableFuture.supplyAsync(() -> {
                try {
                    var chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(US_ASCII);
                    while (true) {
                        out.write(chunk);
                    }
                } catch (IOException e) {
                    return e;
                }
            });

            assertThat(line(socket.getInputStream())).startsWith("HTTP/1.1 413");
            assertThat(sending.get()).isInstanceOf(IOException.class);
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    @Test
    void a_webhook_fails_with_500_while_the_database_is_down() throws Exception {
        database.refuseWhen(() -> true);
        var body = event("evt_1", "invoice.paid", "");
        isRefused(post(instance, body), 500, "not_stored");

        database.refuseWhen(() -> false);
        var again = post(instance, body);

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(rows()).hasSize(1);
    }

    @Test
    void copies_that_reach_two_instances_at_once_are_one_row() {
        var other = started();
        var answers = IntStream.range(0, 400)
                .mapToObj(i -> {
                    var body = event("evt_" + (i * 7919 % 40), "invoice.paid", "");
                    return http.sendAsync(signed(i % 2 == 0 ? instance : other, body), BodyHandlers.ofString());
                })
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join).map(HttpResponse::statusCode))
                .containsOnly(200);
        assertThat(rows()).hasSize(40);
    }

    @Test
    void only_post_is_answered() throws Exception {
        var answer = send(HttpRequest.newBuilder(instance.webhook()).GET());

        assertThat(answer.statusCode()).isEqualTo(405);
    }

    private void isRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        var problem = JsonMapper.shared().readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("code").asString()).isEqualTo(code);
        assertThat(problem.path("detail").asString()).isNotBlank();
        assertThat(rows()).isEmpty();
    }

    private record Row(
            String id,
            String type,
            long created,
            @Nullable String object,
            @Nullable String customer,
            String state) {}

    private List<Row> rows() {
        return JdbcClient.create(database.pool()).sql("""
                select id, type, extract(epoch from created)::bigint as created, object, customer, state
                from billing.stripe_events
                """).query(Row.class).list();
    }

    private HttpResponse<String> post(Instance to, String body) throws Exception {
        return http.send(signed(to, body), BodyHandlers.ofString());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest signed(Instance to, String body) {
        try {
            var header = Webhook.Signature.generateSignatureHeader(body, SECRET);
            return request(to, BodyPublishers.ofString(body), header).build();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpRequest.Builder request(Instance to, BodyPublisher body, String header) {
        return HttpRequest.newBuilder(to.webhook())
                .header(WebhookSignature.HEADER, header)
                .POST(body);
    }

    static String event(String id, String type, String text) {
        return """
                {"id": "%s", "object": "event", "created": 1790000000, "type": "%s",
                 "data": {"object": {"id": "in_1", "object": "invoice", "customer": "cus_1", "description": "%s"}}}
                """.formatted(id, type, text);
    }

    private static String sized(int bytes) {
        var empty = event("evt_1", "invoice.paid", "");
        return event("evt_1", "invoice.paid", "x".repeat(bytes - empty.length()));
    }
}
