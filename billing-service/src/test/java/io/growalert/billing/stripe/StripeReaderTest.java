package io.growalert.billing.stripe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.stripe.StripeClient;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StripeReaderTest {
    private static final Duration TURN = Duration.ofMillis(7);
    private static final String EMPTY = page(false);

    private final Queue<Reply> replies = new ArrayDeque<>();
    private final List<String> requested = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private HttpServer server;
    private StripeClient stripe;
    private StripeReader reader;

    private record Reply(int status, String body, Map<String, String> headers) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                requested.add(URLDecoder.decode(exchange.getRequestURI().toString(), UTF_8));
                var reply = replies.remove();
                reply.headers().forEach(exchange.getResponseHeaders()::set);
                var body = reply.body().getBytes(UTF_8);
                exchange.sendResponseHeaders(reply.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        stripe = StripeClient.builder()
                .setApiKey("sk_test_1")
                .setApiBase("http://127.0.0.1:" + server.getAddress().getPort())
                .setMaxNetworkRetries(2)
                .build();
        reader = reader(Duration.ZERO);
    }

    private StripeReader reader(Duration gap) {
        return new StripeReader(stripe, () -> TURN, gap, pauses::add);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void a_list_is_read_page_after_page() {
        reply(200, page(true, "ch_3", "ch_2"));
        reply(200, page(false, "ch_1"));

        var read = ids("/v1/charges", Map.of("created[gte]", "17"));

        assertThat(read).containsExactly("ch_3", "ch_2", "ch_1");
        assertThat(requested)
                .containsExactly(
                        "/v1/charges?limit=100&created[gte]=17",
                        "/v1/charges?limit=100&created[gte]=17&starting_after=ch_2");
    }

    @Test
    void each_request_takes_a_turn() {
        reply(200, page(true, "ch_2"));
        reply(500, error());
        reply(200, page(false, "ch_1"));

        ids("/v1/charges", Map.of());

        assertThat(pauses).containsExactly(TURN, TURN, Duration.ofMillis(500), TURN);
        assertThat(reader.requests()).isEqualTo(3);
    }

    @Test
    void a_turn_that_came_early_is_not_taken_early() {
        reply(200, page(true, "ch_2"));
        reply(200, page(false, "ch_1"));
        reader = reader(Duration.ofHours(1));

        ids("/v1/charges", Map.of());

        assertThat(pauses.getFirst()).isEqualTo(TURN);
        assertThat(pauses.getLast()).isBetween(Duration.ofMinutes(58), Duration.ofHours(1));
    }

    @Test
    void pauses_grow_until_the_last_attempt() {
        for (int n = 0; n < 8; n++) {
            reply(n % 2 == 0 ? 500 : 503, error());
        }

        assertThatExceptionOfType(StripeReader.Unreadable.class)
                .isThrownBy(() -> ids("/v1/charges", Map.of()))
                .withMessage("Stripe answered 503")
                .matches(StripeReader.Unreadable::isAnything);
        assertThat(pauses.stream().filter(pause -> !pause.equals(TURN)))
                .extracting(Duration::toMillis)
                .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L);
    }

    @Test
    void a_retry_waits_as_long_as_stripe_requests() {
        replies.add(new Reply(429, error(), Map.of("Retry-After", "5")));
        reply(200, EMPTY);

        ids("/v1/charges", Map.of());

        assertThat(pauses).containsExactly(TURN, Duration.ofSeconds(5), TURN);
    }

    @Test
    void an_unreachable_stripe_is_retried() {
        server.stop(0);

        assertThatExceptionOfType(StripeReader.Unreadable.class)
                .isThrownBy(() -> ids("/v1/charges", Map.of()))
                .withMessage("Stripe is unreachable")
                .matches(StripeReader.Unreadable::isAnything);
        assertThat(reader.requests()).isEqualTo(8);
    }

    @Test
    void a_rejected_request_is_not_retried() {
        reply(403, error());

        assertThatExceptionOfType(StripeReader.Unreadable.class)
                .isThrownBy(() -> ids("/v1/disputes", Map.of()))
                .withMessageStartingWith("Stripe answered 403")
                .matches(refused -> !refused.isAnything());
        assertThat(requested).hasSize(1);
    }

    @Test
    void with_a_wrong_key_nothing_can_be_read() {
        reply(401, error());

        assertThatExceptionOfType(StripeReader.Unreadable.class)
                .isThrownBy(() -> ids("/v1/disputes", Map.of()))
                .matches(StripeReader.Unreadable::isAnything);
    }

    @Test
    void a_page_is_as_of_the_second_of_its_answer() {
        reply(200, EMPTY);
        var before = Instant.now();

        var page = reader.pages("/v1/charges", Map.of()).next();

        // the server has the same clock; it reports the previous second when the request crossed a second
        assertThat(page.asOf()).isBetween(before.minusSeconds(2), Instant.now());
        assertThat(page.asOf()).isEqualTo(page.asOf().truncatedTo(ChronoUnit.SECONDS));
    }

    @Test
    void an_object_that_is_not_there_is_an_empty_page() {
        reply(404, error());

        assertThat(reader.one("/v1/invoices", "in_1").objects()).isEmpty();
        assertThat(requested).containsExactly("/v1/invoices/in_1");
    }

    @Test
    void an_object_is_read_unchanged() {
        reply(200, "{\"id\": \"in_1\", \"amount\": 12}");

        assertThat(reader.one("/v1/invoices", "in_1").objects())
                .extracting(ObjectNode::toString)
                .containsExactly("{\"id\":\"in_1\",\"amount\":12}");
    }

    @Test
    void a_response_that_is_not_json_is_reported_without_its_text() {
        reply(200, "<html>secret");

        assertThatExceptionOfType(StripeReader.Unreadable.class)
                .isThrownBy(() -> ids("/v1/charges", Map.of()))
                .withMessage("Stripe's answer is not JSON")
                .withNoCause();
    }

    private List<String> ids(String path, Map<String, String> parameters) {
        var ids = new ArrayList<String>();
        reader.pages(path, parameters).forEachRemaining(page -> page.objects()
                .forEach(object -> ids.add(object.path("id").asString())));
        return ids;
    }

    private void reply(int status, String body) {
        replies.add(new Reply(status, body, Map.of()));
    }

    private static String error() {
        return "{\"error\": {\"type\": \"api_error\", \"code\": \"out_of_order\", \"message\": \"not for a log\"}}";
    }

    private static String page(boolean more, String... ids) {
        var data = String.join(
                ",", List.of(ids).stream().map("{\"id\": \"%s\"}"::formatted).toList());
        return "{\"object\": \"list\", \"has_more\": %s, \"data\": [%s]}".formatted(more, data);
    }
}
