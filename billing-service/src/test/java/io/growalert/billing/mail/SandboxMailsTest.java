package io.growalert.billing.mail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.mail.EventMails.Applied;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The facts in the events of a subscription's life, as the sandbox emits them. */
class SandboxMailsTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Instant start = Instant.now();

    @SuppressWarnings("NullAway.Init")
    private StripeSandbox stripe;

    @BeforeEach
    void start() throws IOException {
        stripe = StripeSandbox.start(
                Options.defaults().withPrices(List.of(new PlanPrice("premium", "Premium", 1_900, "eur", "month"))));
    }

    @AfterEach
    void stop() {
        http.close();
        stripe.close();
    }

    private JsonNode call(String method, String path, Map<String, Object> form) throws Exception {
        var body = form.entrySet().stream()
                .map(field -> URLEncoder.encode(field.getKey(), UTF_8)
                        + "="
                        + URLEncoder.encode(String.valueOf(field.getValue()), UTF_8))
                .collect(joining("&"));
        var answer = http.send(
                HttpRequest.newBuilder(stripe.apiBase().resolve(path))
                        .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private String id(String path, Map<String, Object> form) throws Exception {
        return call("POST", path, form).path("id").asString();
    }

    private String subscribed(String clock, String card) throws Exception {
        var price =
                call("GET", "/v1/prices?active=true", Map.of()).at("/data/0/id").asString();
        var customer = id("/v1/customers", Map.of("source", card, "test_clock", clock));
        return id("/v1/subscriptions", Map.of("customer", customer, "items[0][price]", price, "trial_period_days", 7));
    }

    private String clock() throws Exception {
        return id("/v1/test_helpers/test_clocks", Map.of("frozen_time", start.getEpochSecond()));
    }

    private void advance(String clock, Duration by) throws Exception {
        call(
                "POST",
                "/v1/test_helpers/test_clocks/%s/advance".formatted(clock),
                Map.of("frozen_time", start.plus(by).getEpochSecond()));
    }

    /** The facts of all events, each once, the earliest first. */
    private List<MailFact> facts() throws Exception {
        var events = call("GET", "/v1/events?limit=100", Map.of()).path("data");
        return events.valueStream().toList().reversed().stream()
                .map(this::fact)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    private Optional<MailFact> fact(JsonNode event) {
        var object = event.path("data").path("object");
        var created = Instant.ofEpochSecond(event.path("created").asLong());
        var customer = object.path("customer").asString("cus_of_refund");
        return EventMails.of(
                new Applied(
                        event.path("type").asString(),
                        created,
                        new StripeFields(object, "object"),
                        Set.copyOf(event.at("/data/previous_attributes").propertyNames()),
                        customer),
                start);
    }

    private List<String> kinds() throws Exception {
        return facts().stream().map(fact -> fact.kind().text()).toList();
    }

    @Test
    void a_trial_a_payment_a_refund_and_a_cancellation() throws Exception {
        var clock = clock();
        var subscription = subscribed(clock, "tok_visa");
        assertThat(kinds()).isEmpty();
        advance(clock, Duration.ofDays(5));
        assertThat(kinds()).containsExactly("trial_ending");
        advance(clock, Duration.ofDays(8));
        assertThat(kinds()).containsExactly("trial_ending", "receipt");
        var receipt = facts().getLast();
        assertThat(receipt.values()).containsEntry("amount", "1900").containsKeys("number", "invoiceUrl", "pdfUrl");

        var charge = call("GET", "/v1/charges", Map.of()).at("/data/0/id").asString();
        call("POST", "/v1/refunds", Map.of("charge", charge, "amount", 500));
        call("POST", "/v1/subscriptions/" + subscription, Map.of("cancel_at_period_end", true));
        assertThat(kinds()).containsExactly("trial_ending", "receipt", "refunded", "canceled");
        assertThat(facts().getLast().values()).containsEntry("scheduled", "true");
        advance(clock, Duration.ofDays(60));
        assertThat(kinds()).containsExactly("trial_ending", "receipt", "refunded", "canceled", "canceled");
        assertThat(facts().getLast().subject()).isEqualTo(subscription);
    }

    @Test
    void each_declined_attempt_of_a_renewal_and_the_end_of_the_subscription() throws Exception {
        var clock = clock();
        subscribed(clock, "tok_chargeCustomerFail");
        advance(clock, Duration.ofDays(8));

        assertThat(kinds()).containsExactly("trial_ending", "payment_failed");
        assertThat(facts().getLast().values()).containsKeys("invoice", "invoiceUrl");
        advance(clock, Duration.ofDays(60));
        assertThat(kinds()).endsWith("payment_failed", "canceled");
        assertThat(facts().getLast().values()).containsEntry("unpaid", "true");
    }

    @Test
    void a_renewal_that_the_bank_must_confirm() throws Exception {
        var clock = clock();
        subscribed(clock, "tok_threeDSecure2Required");
        advance(clock, Duration.ofDays(8));

        assertThat(kinds()).startsWith("trial_ending").contains("action_needed");
    }
}
