package io.growalert.billing.stripe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.sun.net.httpserver.HttpServer;
import io.growalert.billing.stripe.StripeObjects.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StripeObjectsTest {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private StripeObjects stripe;
    private int status = 200;
    private String body = "{\"id\": \"ch_1\"}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", exchange -> {
            try (exchange) {
                requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                exchange.sendResponseHeaders(status, 0);
                exchange.getResponseBody().write(body.getBytes(UTF_8));
            }
        });
        server.start();
        stripe = new StripeObjects(StripeClient.builder()
                .setApiKey("sk_test_fake")
                .setApiBase("http://127.0.0.1:" + server.getAddress().getPort())
                .setMaxNetworkRetries(2)
                .build());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void an_object_is_read_unchanged_and_as_of_a_past_second() {
        var before = Instant.now();

        var answer = stripe.fetch(Kind.INVOICE_PAYMENT, "inpay_1");

        assertThat(requests).containsExactly("GET /v1/invoice_payments/inpay_1");
        assertThat(answer).isInstanceOfSatisfying(Answer.Found.class, found -> {
            assertThat(found.json()).isEqualTo(body);
            assertThat(found.asOf()).isBeforeOrEqualTo(before).isAfter(before.minusSeconds(30));
            assertThat(found.asOf()).isEqualTo(found.asOf().truncatedTo(ChronoUnit.SECONDS));
        });
    }

    @Test
    void an_id_cannot_lead_elsewhere() {
        stripe.fetch(Kind.CHARGE, "../customers/cus_1?limit=5");

        assertThat(requests).containsExactly("GET /v1/charges/..%2Fcustomers%2Fcus_1%3Flimit%3D5");
    }

    @Test
    void a_missing_object_is_gone() {
        status = 404;
        body = "{\"error\": {\"type\": \"invalid_request_error\", \"code\": \"resource_missing\"}}";

        assertThat(stripe.fetch(Kind.CHARGE, "ch_1")).isEqualTo(new Answer.Gone());
        assertThat(stripe.delete(Kind.CUSTOMER, "cus_1")).isEqualTo(new Answer.Gone());
    }

    @Test
    void an_error_is_an_answer_after_one_request() {
        body = "{\"error\": {\"type\": \"api_error\", \"message\": \"jo@example.com\"}}";

        status = 429;
        assertThat(stripe.fetch(Kind.CHARGE, "ch_1"))
                .isEqualTo(new Answer.Unavailable(Duration.ofSeconds(2), "HTTP 429"));
        status = 500;
        assertThat(stripe.fetch(Kind.CHARGE, "ch_1")).isEqualTo(new Answer.Unavailable(Duration.ZERO, "HTTP 500"));
        assertThat(requests).hasSize(2);
    }

    @Test
    void a_rejected_request_is_not_retried() {
        body = "{\"error\": {\"type\": \"invalid_request_error\", \"message\": \"jo@example.com\"}}";

        status = 400;
        assertThat(stripe.fetch(Kind.CHARGE, "ch_1")).isEqualTo(new Answer.Refused("HTTP 400"));
        status = 401;
        assertThat(stripe.fetch(Kind.CHARGE, "ch_1"))
                .isEqualTo(new Answer.Refused("HTTP 401: the secret key lacks the permission"));
        status = 409;
        assertThat(stripe.fetch(Kind.CHARGE, "ch_1")).isEqualTo(new Answer.Unavailable(Duration.ZERO, "HTTP 409"));
    }

    @Test
    void an_unreachable_stripe_is_unavailable() {
        server.stop(0);

        assertThat(stripe.fetch(Kind.CHARGE, "ch_1"))
                .isEqualTo(new Answer.Unavailable(Duration.ZERO, "no answer: ApiConnectionException"));
    }
}
