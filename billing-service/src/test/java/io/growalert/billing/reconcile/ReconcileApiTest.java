package io.growalert.billing.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.BillingService;
import io.growalert.billing.TestDatabase;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestKafka;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The endpoint, in the whole service. */
class ReconcileApiTest {
    private final TestDatabase database = TestDatabase.empty();
    private final Shop shop = new Shop();
    private final HttpClient http = HttpClient.newHttpClient();
    private final TestIdentity identity = new TestIdentity();
    private final ConfigurableApplicationContext service = BillingService.start(settings());

    @AfterEach
    void close() {
        service.close();
        http.close();
        shop.close();
        database.close();
    }

    @Test
    void missed_objects_are_recorded_when_the_response_ends() throws Exception {
        var customer = shop.register("one@example.com");
        shop.pay(customer);

        var answer = post("");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        var lines = answer.body().lines().map(ReconcileApiTest::json).toList();
        assertThat(lines.subList(0, lines.size() - 1)).isNotEmpty().allMatch(line -> line.has("progress"));
        var report = lines.getLast();
        assertThat(report.at("/events/missing").asLong())
                .isPositive()
                .isEqualTo(count("select count(*) from billing.stripe_events"));
        assertThat(count("select count(*) from billing.customers")).isOne();
        assertThat(count("select count(*) from billing.device_orders where status = 'paid'"))
                .isOne();
        assertThat(json(get().body())).isEqualTo(report);
    }

    @Test
    void an_invalid_time_is_rejected() throws Exception {
        var answer = post("?since=yesterday");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer.body()).path("code").asString()).isEqualTo("invalid_field");
        assertThat(json(answer.body()).path("field").asString()).isEqualTo("since");
        assertThat(post("?since=7d").statusCode()).isEqualTo(200);
    }

    @Test
    void a_concurrent_reconciliation_is_rejected() throws Exception {
        try (var other =
                ReconcileConfiguration.lock(database.dataSource()).acquire().orElseThrow()) {
            assertThat(other).isNotNull();
            var answer = post("");

            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(json(answer.body()).path("code").asString()).isEqualTo("reconciliation_under_way");
        }
        assertThat(post("").statusCode()).isEqualTo(200);
    }

    @Test
    void there_is_no_report_before_the_first() throws Exception {
        assertThat(get().statusCode()).isEqualTo(404);
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.identity.public-key", identity.publicKey());
        settings.put("growalert.billing.kafka", TestKafka.bootstrapServers());
        settings.put("growalert.billing.database.url", database.url());
        settings.put("growalert.billing.database.username", "postgres");
        settings.put("growalert.billing.stripe.api-base", shop.address());
        settings.put("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY);
        settings.put("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY);
        settings.put("growalert.billing.stripe.requests-per-second", 100);
        settings.put("growalert.billing.webhook.secrets", List.of("whsec_test"));
        settings.put("growalert.billing.customer.prices", List.of("basic"));
        settings.put("growalert.billing.customer.device.amount", 4_900);
        settings.put("growalert.billing.customer.device.currency", "eur");
        settings.put(
                "growalert.billing.customer.session.keys",
                List.of(Base64.getEncoder().encodeToString("k".repeat(32).getBytes(UTF_8))));
        return settings;
    }

    @Test
    void an_operator_who_is_no_admin_is_refused_as_is_everybody_without_an_identity() throws Exception {
        var address = at("");

        var operator = http.send(
                HttpRequest.newBuilder(address)
                        .header("Authorization", identity.bearer("billing-service", "ann", "operator"))
                        .build(),
                BodyHandlers.ofString());
        var anonymous = http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());

        assertThat(operator.statusCode()).isEqualTo(403);
        assertThat(json(operator.body()).path("code").asString()).isEqualTo("forbidden_role");
        assertThat(anonymous.statusCode()).isEqualTo(401);
        assertThat(json(anonymous.body()).path("code").asString()).isEqualTo("identity_needed");
    }

    private HttpResponse<String> post(String query) throws IOException, InterruptedException {
        return http.send(asAdmin(query).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get() throws IOException, InterruptedException {
        return http.send(asAdmin("").build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder asAdmin(String query) {
        return HttpRequest.newBuilder(at(query)).header("Authorization", identity.bearer("billing-service"));
    }

    private URI at(String query) {
        var port = service.getEnvironment().getProperty("local.server.port");
        return URI.create("http://127.0.0.1:%s/api/billing/reconcile%s".formatted(port, query));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private long count(String sql) {
        return database.jdbc().sql(sql).query(Long.class).single();
    }
}
